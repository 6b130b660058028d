"""A third kind of report: the court is told of guessing at a code (SEC-23)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("qrlinks", "0002_guards")]

    operations = [
        migrations.AlterField(
            model_name="codereport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("not_mine", "这不是我的文书"),
                    ("suspicious", "可疑的二维码"),
                    ("guessed", "核对次数太多"),
                ],
                max_length=12,
            ),
        ),
    ]
