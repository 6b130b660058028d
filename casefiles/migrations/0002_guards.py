"""Rows of these tables are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("casefiles", "0001_initial"), ("eventlog", "0002_guards")]
    operations = [
        append_only_trigger("casefiles_entry"),
        append_only_trigger("casefiles_restriction"),
        append_only_trigger("casefiles_archive"),
    ]
