"""The second step of a staff sign-in: apps, security keys, recovery codes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_real_name_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True, verbose_name='用掉或作废')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '备用码',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user'], name='recovery_live_idx')],
            },
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('totp', '验证器应用'), ('webauthn', '安全密钥、指纹或面容')], max_length=8, verbose_name='方式')),
                ('label', models.CharField(max_length=40, verbose_name='名称')),
                ('secret', common.fields.EncryptedTextField()),
                ('handle', models.CharField(max_length=64, unique=True)),
                ('credential', models.TextField(blank=True)),
                ('counter', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(verbose_name='添加时间')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='最近使用')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factors', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '第二步验证方式',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user'], name='factor_live_idx')],
            },
        ),
    ]
