"""A change of procedure or claim is told by a new row, never edited (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_closing"), ("eventlog", "0002_guards")]

    operations = [append_only_trigger("cases_trackchange"), append_only_trigger("cases_claimchange")]
