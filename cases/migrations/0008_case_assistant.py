from django.db import migrations, models


class Migration(migrations.Migration):
    """The 法官助理 of a case."""

    dependencies = [("cases", "0007_closing_stage")]

    operations = [
        migrations.AlterField(
            model_name="casestaff",
            name="role",
            field=models.CharField(
                choices=[("judge", "承办法官"), ("clerk", "书记员"), ("aide", "法官助理")], max_length=8
            ),
        ),
    ]
