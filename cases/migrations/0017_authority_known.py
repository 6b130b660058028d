"""What the new columns say of agents that were there before: guardians and heads act by law, phones can be looked for."""

from django.db import migrations

from common import crypto

BATCH = 500


def fill(apps, schema_editor):
    rows = apps.get_model("cases", "Representative")._default_manager
    rows.filter(kind__in=("guardian", "legal_rep")).update(basis="law")
    last = 0
    while batch := list(rows.filter(pk__gt=last, phone_index="").order_by("pk")[:BATCH]):
        for row in batch:
            row.phone_index = crypto.blind_index("phone", row.phone)
        rows.bulk_update(batch, ["phone_index"])
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_authority'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
