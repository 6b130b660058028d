"""What became of a text, and who took care of one that bounced: columns without a default, one partial index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_webhooks_and_feeds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='settled_at',
            field=models.DateTimeField(null=True, verbose_name='已处理'),
        ),
        migrations.AddField(
            model_name='message',
            name='settled_by_id',
            field=models.BigIntegerField(null=True, verbose_name='处理人岗位'),
        ),
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('queued', '待发送'), ('sent', '已发送'), ('failed', '发送失败'), ('dropped', '过期未发'), ('arrived', '已到手机'), ('bounced', '没有送到手机')], default='queued', max_length=8),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('settled_at', None), ('state', 'bounced')), fields=['court_id', '-id'], name='notice_bounced_idx'),
        ),
    ]
