"""What the element form asks about an organisation: where it is registered, its type, who owns it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("filing", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="filingparty",
            name="registered_address",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="注册地"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="filingparty",
            name="organisation_type",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="单位类型"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="filingparty",
            name="ownership",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="所有制性质"),
            preserve_default=False,
        ),
    ]
