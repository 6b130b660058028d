"""Accounts whose owners want them closed, and who checked and decided it. A table of its own."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0008_proposal_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('state', models.CharField(choices=[('asked', '等法院核对'), ('proposed', '已核对，等另一个人决定'), ('agreed', '已注销'), ('refused', '未同意'), ('withdrawn', '本人不注销了')], default='asked', max_length=9)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='不同意的理由')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '注销账号',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'proposed'])), fields=('user',), name='accountclosing_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('proposed_by', None), ('state', 'asked')), models.Q(('decided_by', None), ('state', 'withdrawn')), models.Q(('decided_by', None), ('proposed_by__isnull', False), ('state', 'proposed')), models.Q(('decided_at__isnull', False), ('proposed_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='accountclosing_second_person')],
            },
        ),
    ]
