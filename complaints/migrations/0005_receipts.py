"""The way of each box into its day's root, and a function that says of a known box when it came and which way it has (SEC-45)."""

import django.db.models.deletion
from django.db import migrations, models

from eventlog.guards import append_only_trigger

TAKEN = """
CREATE FUNCTION zone.taken(wanted uuid) RETURNS TABLE (digest text, received_at timestamptz, day date, path text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = zone, pg_temp AS $$
    SELECT encode(sha256(s.box), 'hex'), s.received_at, w.day, w.path::text
    FROM submission s LEFT JOIN way w ON w.submission_id = s.id WHERE s.id = wanted
$$;
REVOKE ALL ON FUNCTION zone.taken(uuid) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_keys"), ("eventlog", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Way",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="way",
                        serialize=False,
                        to="complaints.submission",
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("path", models.JSONField(verbose_name="到根的路径")),
            ],
            options={"verbose_name": "到每日根的路径", "db_table": 'zone"."way'},
        ),
        append_only_trigger('"zone"."way"'),
        migrations.RunSQL(TAKEN, "DROP FUNCTION zone.taken(uuid)"),
    ]
