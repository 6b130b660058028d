"""The trail takes no event of a helper without a consent of the person that holds at that moment (docs/adr/0038)."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION portal_require_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM assistance_actingconsent
        WHERE person_id = NEW.acting_for AND helper_id = NEW.actor_id AND state = 'live'
          AND started_at <= NEW.happened_at AND ends_at > NEW.happened_at
    ) THEN
        RAISE EXCEPTION 'nobody agreed that % acts for %', NEW.actor_id, NEW.acting_for USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER eventlog_event_consent BEFORE INSERT ON eventlog_event
    FOR EACH ROW WHEN (NEW.channel = 'assisted') EXECUTE FUNCTION portal_require_consent();
"""


class Migration(migrations.Migration):
    dependencies = [("assistance", "0003_acting"), ("eventlog", "0002_guards")]

    operations = [
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER IF EXISTS eventlog_event_consent ON eventlog_event;"
            "DROP FUNCTION IF EXISTS portal_require_consent();",
        )
    ]
