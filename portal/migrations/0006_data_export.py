"""Who asked for what is kept of him (docs/adr/0033). A small new table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0014_seal_proposals'),
        ('portal', '0005_key_moves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('ready_at', models.DateTimeField(null=True, verbose_name='做好时间')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='保存到')),
                ('file', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_exports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '下载我的信息',
                'indexes': [models.Index(fields=['user', '-id'], name='dataexport_user_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ready_at', None)), fields=('user',), name='dataexport_one_waiting'), models.CheckConstraint(condition=models.Q(models.Q(('ends_at', None), ('file', None), ('ready_at', None)), models.Q(('ends_at__isnull', False), ('file__isnull', False), ('ready_at__isnull', False)), _connector='OR'), name='dataexport_ready_whole')],
            },
        ),
    ]
