"""Mail addresses beside the phone: a new table, and other words for two states."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_notice_wishes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('queued', '待发送'), ('sent', '已发送'), ('failed', '发送失败'), ('dropped', '过期未发'), ('merged', '并入另一条'), ('arrived', '已送到'), ('bounced', '没有送到')], default='queued', max_length=8),
        ),
        migrations.CreateModel(
            name='NoticeAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('channel', models.CharField(choices=[('inbox', '站内信'), ('sms', '短信'), ('mail', '邮件')], max_length=6, verbose_name='渠道')),
                ('address', common.fields.EncryptedTextField(verbose_name='地址')),
                ('address_index', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('live', '在用'), ('dead', '收不到，要重新填'), ('ended', '不再用')], default='live', max_length=5, verbose_name='状态')),
                ('confirmed_at', models.DateTimeField(verbose_name='确认时间')),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '通知地址',
                'indexes': [models.Index(fields=['channel', 'address_index'], name='notice_address_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('user', 'channel'), name='notice_address_one')],
            },
        ),
    ]
