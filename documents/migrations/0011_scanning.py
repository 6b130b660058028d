"""How often the virus scanner was asked about a file, and an index of those that wait for it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0010_fixity'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='scan_tries',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('scan_state', 'checking')), fields=['scan_tries', 'id'], name='file_checking_idx'),
        ),
    ]
