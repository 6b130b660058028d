"""With which case or application a file is counted, and an index for the sum."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0012_seals'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='counts_for',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('counts_for__isnull', False)), fields=['counts_for'], name='file_counted_idx'),
        ),
    ]
