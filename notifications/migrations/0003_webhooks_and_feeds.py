"""Addresses of people's own software with what they were told, and private feed addresses: new tables only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_state_dropped'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FeedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('calendar', '日历：期限和答复日期'), ('events', '动态：我的案件发生的事')], max_length=8, verbose_name='内容')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '订阅地址',
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('url', models.CharField(max_length=300, verbose_name='接收地址')),
                ('secret', common.fields.EncryptedTextField(verbose_name='签名密钥')),
                ('topics', models.JSONField(default=list, verbose_name='通知哪些事')),
                ('state', models.CharField(choices=[('waiting', '等您确认'), ('on', '在用'), ('failed', '一直送不到，已停'), ('off', '已停用')], default='waiting', max_length=8, verbose_name='状态')),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '接收地址',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('event_id', models.BigIntegerField(verbose_name='事件')),
                ('kind', models.CharField(max_length=60, verbose_name='事件')),
                ('case_public_id', models.UUIDField(verbose_name='案件')),
                ('object_public_id', models.UUIDField(null=True, verbose_name='对象')),
                ('happened_at', models.DateTimeField(verbose_name='时间')),
                ('state', models.CharField(choices=[('queued', '等着送'), ('done', '已送到'), ('failed', '没有送到'), ('dropped', '不再送')], default='queued', max_length=8, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('next_at', models.DateTimeField(verbose_name='下次')),
                ('last_status', models.PositiveSmallIntegerField(null=True, verbose_name='最后一次回应')),
                ('last_error', models.CharField(blank=True, max_length=60, verbose_name='最后一次出错')),
                ('created_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='notifications.webhookendpoint')),
            ],
            options={
                'verbose_name': '送给软件的通知',
            },
        ),
        migrations.AddIndex(
            model_name='webhookendpoint',
            index=models.Index(fields=['user', '-id'], name='webhook_user_idx'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['next_at', 'id'], name='webhook_due_idx'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-id'], name='webhook_page_idx'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('endpoint', 'event_id'), name='webhook_once_per_event'),
        ),
    ]
