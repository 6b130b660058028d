"""Facts of a delivery are never changed."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("eventlog", "0002_guards")]
    operations = [append_only_trigger("documents_deliveryfact")]
