"""Members of staff are invited and set their own password; suppliers are named and expire."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_sessions_and_resets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('court_id', models.BigIntegerField()),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(verbose_name='到期')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='用掉或作废')),
            ],
            options={
                'verbose_name': '工作人员邀请',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='company',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='所属公司'),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='停用的理由'),
        ),
        migrations.AddField(
            model_name='user',
            name='password_set_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='密码设置时间'),
        ),
        migrations.AddField(
            model_name='user',
            name='valid_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='有效期至'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('company', ''), models.Q(('kind', 'staff'), ('valid_until__isnull', False), models.Q(('name', ''), _negated=True)), _connector='OR'), name='user_supplier_named_and_expiring'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['court_id'], name='invitation_court_idx'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user',), name='invitation_one_live'),
        ),
    ]
