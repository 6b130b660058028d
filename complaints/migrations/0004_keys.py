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
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        # old code that still runs while this is applied names no key; db_default would make Django read the row back, which
        # the public process may not
        migrations.RunSQL(
            "ALTER TABLE zone.submission ALTER COLUMN key SET DEFAULT ''",
            "ALTER TABLE zone.submission ALTER COLUMN key DROP DEFAULT",
        ),
    ]
