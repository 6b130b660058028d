"""Rows of these tables are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger, create_function


class Migration(migrations.Migration):
    dependencies = [("eventlog", "0001_initial")]

    operations = [
        create_function(),
        append_only_trigger("eventlog_event"),
        append_only_trigger("eventlog_receipt"),
    ]
