"""A text that went out as part of another; one partial index over the few that wait."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('notifications', '0004_bounced_texts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('queued', '待发送'), ('sent', '已发送'), ('failed', '发送失败'), ('dropped', '过期未发'), ('merged', '并入另一条'), ('arrived', '已到手机'), ('bounced', '没有送到手机')], default='queued', max_length=8),
        ),
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('attempts', 0), ('state', 'queued')), fields=['recipient_key'], name='notice_waiting_idx'),
        ),
    ]
