"""Messages of a month, and the few on the merits, are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('feedback', '0008_more_guards'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['sent_at'], name='message_sent_idx'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('on_merits', True)), fields=['thread'], name='message_merits_idx'),
        ),
    ]
