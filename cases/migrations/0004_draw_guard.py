"""A draw of a judge is never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_tracks_links_draws"), ("eventlog", "0002_guards")]

    operations = [append_only_trigger("cases_judgedraw")]
