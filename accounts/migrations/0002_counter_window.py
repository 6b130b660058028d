"""A counter has one row; its window begins with what is first counted in it. Running counts are dropped."""

from django.db import migrations, models

EMPTY = "DELETE FROM accounts_ratecounter"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(EMPTY, EMPTY),
        migrations.RemoveConstraint(model_name="ratecounter", name="rate_key_window_unique"),
        migrations.AddConstraint(
            model_name="ratecounter",
            constraint=models.UniqueConstraint(fields=["key"], name="rate_key_unique"),
        ),
    ]
