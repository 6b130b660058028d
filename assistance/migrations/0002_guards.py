"""Rows of these tables are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial"), ("eventlog", "0002_guards")]

    operations = [append_only_trigger("assistance_callattempt")]
