"""WeChat beside texts and mail: another word for a channel, nothing in the tables."""

from django.db import migrations, models

CHANNELS = [('inbox', '站内信'), ('sms', '短信'), ('mail', '邮件'), ('weixin', '微信')]


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0007_notice_addresses'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='channel',
            field=models.CharField(choices=CHANNELS, max_length=6),
        ),
        migrations.AlterField(
            model_name='noticeaddress',
            name='channel',
            field=models.CharField(choices=CHANNELS, max_length=6, verbose_name='渠道'),
        ),
    ]
