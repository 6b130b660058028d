"""Another phone for an account: by its owner, or at the counter after a day of waiting."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_invited_staff'),
    ]

    operations = [
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('sign_in', '登录'), ('scan', '扫码验证'), ('step_up', '再次确认'), ('new_phone', '换手机号')], max_length=12),
        ),
        migrations.CreateModel(
            name='AccountPhoneChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('way', models.CharField(choices=[('self', '本人在网上换'), ('counter', '手机丢了，在窗口换')], max_length=8)),
                ('old_phone', common.fields.EncryptedTextField(blank=True, verbose_name='原来的手机号')),
                ('old_phone_index', models.CharField(blank=True, max_length=64)),
                ('new_phone', common.fields.EncryptedTextField(verbose_name='新手机号')),
                ('new_phone_index', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('waiting', '等待生效'), ('done', '已换'), ('stopped', '已停止')], default='waiting', max_length=8)),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('takes_effect_at', models.DateTimeField(verbose_name='生效时间')),
                ('court_id', models.BigIntegerField(null=True)),
                ('stop_code', common.fields.EncryptedTextField(blank=True)),
                ('stop_code_hash', models.CharField(blank=True, max_length=64)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '换登录手机号',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['takes_effect_at'], name='phone_change_due_idx'), models.Index(fields=['user', '-ended_at'], name='phone_change_user_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('user',), name='phone_change_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='phone_change_ended_iff_not_waiting'), models.CheckConstraint(condition=models.Q(('way', 'self'), models.Q(('asked_by__isnull', False), ('court_id__isnull', False), ('takes_effect_at__gt', models.F('asked_at'))), _connector='OR'), name='phone_change_counter_waits')],
            },
        ),
    ]
