"""Rows of these tables are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):
    dependencies = [("feedback", "0007_escalation_rework_surveys"), ("eventlog", "0002_guards")]

    operations = [
        append_only_trigger("feedback_escalation"),
        append_only_trigger("feedback_digest"),
        append_only_trigger("feedback_survey"),
        append_only_trigger("feedback_surveyform"),
    ]
