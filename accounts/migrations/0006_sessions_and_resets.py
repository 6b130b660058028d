"""Sign-ins that their owner sees and ends; resets of the second step by two; codes for a fresh proof."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_second_factors'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='session_epoch',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('sign_in', '登录'), ('scan', '扫码验证'), ('step_up', '再次确认')], max_length=12),
        ),
        migrations.CreateModel(
            name='AccountSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('session_key', common.fields.EncryptedTextField()),
                ('browser', models.CharField(blank=True, max_length=40, verbose_name='浏览器')),
                ('started_at', models.DateTimeField(verbose_name='登录时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='退出时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '登录的设备',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user', '-started_at'], name='sign_in_live_idx')],
            },
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('court_id', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('state', models.CharField(choices=[('proposed', '待另一位管理员同意'), ('agreed', '已重设'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factor_resets', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '重设第二步验证',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('user',), name='factor_reset_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('proposed_by', models.F('user')), _negated=True), models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR')), name='factor_reset_second_person')],
            },
        ),
    ]
