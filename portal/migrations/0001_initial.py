from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mode", models.CharField(max_length=12, verbose_name="运行方式")),
            ],
            options={
                "verbose_name": "安装",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["demo", "test", "production"])),
                        name="installation_mode_known",
                    ),
                ],
            },
        ),
    ]
