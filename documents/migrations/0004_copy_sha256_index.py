"""The hash of an issued copy is looked up when somebody asks whether a file is genuine."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_copy_addressee_index")]

    operations = [
        migrations.AddIndex(
            model_name="copy",
            index=models.Index(fields=["sha256"], name="copy_sha256_idx"),
        ),
    ]
