"""Files that come with complaints: sealed pieces, what the zone knows of them, and the guards of both."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields
import complaints.models
from eventlog.guards import append_only_trigger

PIECES = """
ALTER TABLE zone.piece ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE FUNCTION zone.keep_enclosed() RETURNS trigger LANGUAGE plpgsql SET search_path = zone, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM zone.enclosure e WHERE e.original = OLD.parcel OR e.shown = OLD.parcel) THEN
        RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION zone.keep_enclosed() FROM PUBLIC;

CREATE TRIGGER piece_enclosed_guard BEFORE DELETE ON zone.piece FOR EACH ROW EXECUTE FUNCTION zone.keep_enclosed();
CREATE TRIGGER piece_rows_guard BEFORE UPDATE ON zone.piece FOR EACH ROW EXECUTE FUNCTION public.portal_refuse_change();
CREATE TRIGGER piece_table_guard BEFORE TRUNCATE ON zone.piece
    FOR EACH STATEMENT EXECUTE FUNCTION public.portal_refuse_change();
"""
BACK = """
DROP TRIGGER piece_table_guard ON zone.piece;
DROP TRIGGER piece_rows_guard ON zone.piece;
DROP TRIGGER piece_enclosed_guard ON zone.piece;
DROP FUNCTION zone.keep_enclosed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0002_guards'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='unlock',
            options={'verbose_name': '同意查看身份或原件'},
        ),
        migrations.AlterModelOptions(
            name='unlockrequest',
            options={'verbose_name': '申请查看身份或原件'},
        ),
        migrations.AddField(
            model_name='unlockrequest',
            name='what',
            field=models.CharField(choices=[('identity', '反映人身份'), ('originals', '文件原件')], db_default='identity', default='identity', max_length=9),
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(max_length=5)),
                ('facts', complaints.models.SealedField(verbose_name='文件')),
                ('original', models.UUIDField(unique=True)),
                ('shown', models.UUIDField(null=True, unique=True)),
                ('sealed', models.TextField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enclosures', to='complaints.matter')),
                ('word', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enclosures', to='complaints.word')),
            ],
            options={
                'verbose_name': '随件文件',
                'db_table': 'zone"."enclosure',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('parcel', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('laid_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '文件的一块',
                'db_table': 'zone"."piece',
                'indexes': [models.Index(fields=['laid_at'], name='piece_laid_idx')],
                'constraints': [models.UniqueConstraint(fields=('parcel', 'number'), name='piece_once')],
            },
        ),
        append_only_trigger('"zone"."enclosure"'),
        migrations.RunSQL(PIECES, BACK),
    ]
