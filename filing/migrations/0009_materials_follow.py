"""An application that was handed in while the storage took no files: its materials may follow (REL-50)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("filing", "0008_visit_reminded"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="materials_follow",
            field=models.BooleanField(db_default=False, default=False, verbose_name="材料后补"),
        ),
    ]
