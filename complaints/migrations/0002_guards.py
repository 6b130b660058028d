"""Rows of the zone are never changed; counters that forget; the head of the zone's trail."""

from django.db import migrations

from eventlog.guards import append_only_trigger

FOREVER = [
    "submission", "matter", "opened", "named", "routing", "word", "identity", "unlockrequest", "unlock",
    "nonestatement", "entry",
]

COUNTERS = """
CREATE TABLE zone.hoursalt (hour timestamptz PRIMARY KEY, salt text NOT NULL);
CREATE TABLE zone.hourcount (hour timestamptz NOT NULL, tag text NOT NULL, count integer NOT NULL, PRIMARY KEY (hour, tag));

CREATE FUNCTION zone.hour_salt(wanted timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = zone, pg_temp AS $$
DECLARE found text;
BEGIN
    DELETE FROM zone.hourcount WHERE hour <> wanted;
    DELETE FROM zone.hoursalt WHERE hour <> wanted;
    INSERT INTO zone.hoursalt VALUES (wanted, gen_random_uuid()::text || gen_random_uuid()::text) ON CONFLICT DO NOTHING;
    SELECT salt INTO found FROM zone.hoursalt WHERE hour = wanted;
    RETURN found;
END $$;

CREATE FUNCTION zone.count_one(wanted timestamptz, who text) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = zone, pg_temp AS $$
    INSERT INTO zone.hourcount AS c VALUES (wanted, who, 1)
    ON CONFLICT (hour, tag) DO UPDATE SET count = c.count + 1 RETURNING count
$$;

REVOKE ALL ON FUNCTION zone.hour_salt(timestamptz), zone.count_one(timestamptz, text) FROM PUBLIC;
"""
BACK = """
DROP FUNCTION zone.count_one(timestamptz, text);
DROP FUNCTION zone.hour_salt(timestamptz);
DROP TABLE zone.hourcount, zone.hoursalt;
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial"), ("eventlog", "0002_guards")]

    operations = [
        *[append_only_trigger(f'"zone"."{table}"') for table in FOREVER],
        append_only_trigger("complaints_dailyroot"),
        migrations.RunSQL(COUNTERS, BACK),
    ]
