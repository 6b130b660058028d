"""Boxes name the key that closed them, so that one of a key the zone does not have yet waits."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0003_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='key',
            field=models.CharField(blank=True, db_default='', default='', max_length=16),
        ),
    ]
