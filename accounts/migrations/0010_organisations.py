"""Organisations and the people who act for them (SEC-09)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_real_name_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('name', models.CharField(max_length=100, verbose_name='单位名称')),
                ('code', common.fields.EncryptedTextField(verbose_name='统一社会信用代码')),
                ('code_index', models.CharField(max_length=64, unique=True)),
                ('checked_at', models.DateTimeField(verbose_name='核对时间')),
            ],
            options={
                'verbose_name': '单位',
            },
        ),
        migrations.CreateModel(
            name='OrganisationMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('name', models.CharField(max_length=100, verbose_name='姓名')),
                ('phone', common.fields.EncryptedTextField(verbose_name='手机号')),
                ('phone_index', models.CharField(max_length=64)),
                ('role', models.CharField(choices=[('head', '法定代表人'), ('admin', '管理员'), ('handler', '经办人')], max_length=7, verbose_name='身份')),
                ('asked_at', models.DateTimeField(verbose_name='邀请时间')),
                ('starts_at', models.DateTimeField(null=True, verbose_name='接受时间')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='accounts.organisation')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '单位的人',
                'indexes': [models.Index(fields=['phone_index'], name='organisationmember_phone_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_by', None)), fields=('organisation', 'phone_index'), name='organisationmember_once'), models.UniqueConstraint(condition=models.Q(('ended_by', None), ('role', 'head')), fields=('organisation',), name='organisationmember_one_head'), models.CheckConstraint(condition=models.Q(models.Q(('starts_at', None), ('user', None)), models.Q(('starts_at__isnull', False), ('user__isnull', False)), _connector='OR'), name='organisationmember_taken_up_by_somebody'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('asked_at')), _connector='OR'), name='organisationmember_ends_after_start')],
            },
        ),
    ]
