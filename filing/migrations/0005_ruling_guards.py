"""Proposals, rulings and hand-overs are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("filing", "0004_procedures_rulings_ways"), ("eventlog", "0002_guards")]

    operations = [
        append_only_trigger("filing_refusalproposal"),
        append_only_trigger("filing_refusaldecision"),
        append_only_trigger("filing_handover"),
    ]
