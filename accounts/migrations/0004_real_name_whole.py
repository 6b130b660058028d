"""A checked identity is a name and a number, not one of both."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_api_tokens")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_real_name_has_identity"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                name="user_real_name_has_identity",
                condition=~models.Q(real_name_level="real_name")
                | ~models.Q(name="") & ~models.Q(id_number_index=""),
            ),
        ),
    ]
