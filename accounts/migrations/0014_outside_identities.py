"""Identities at WeChat and DingTalk that sign an account in: a new table, nothing else changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_proposal_labels'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutsideIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('weixin', '微信'), ('dingtalk', '钉钉')], max_length=8, verbose_name='登录方式')),
                ('identity_index', models.CharField(max_length=64)),
                ('bound_at', models.DateTimeField(verbose_name='绑定时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='解除时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outside_identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '微信、钉钉登录',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('way', 'identity_index'), name='outside_identity_one_account'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'way'), name='outside_identity_one_each')],
            },
        ),
    ]
