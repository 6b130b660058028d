"""Attachments, checks of what concerns the merits, corrections, interim answers, who read, templates that are kept."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields
from eventlog.guards import append_only_trigger

TEMPLATE_IDS = (
    "ALTER TABLE feedback_replytemplate ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();"
    "ALTER TABLE feedback_replytemplate ALTER COLUMN public_id DROP DEFAULT;"
    "ALTER TABLE feedback_replytemplate ADD CONSTRAINT feedback_replytemplate_public_id_key UNIQUE (public_id);"
)
"""A default of Django's would be one and the same for all rows."""


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0002_post_case_share'),
        ('documents', '0003_copy_addressee_index'),
        ('feedback', '0005_clocks_of_open_threads'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '留言附件',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='MeritsCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('shown', '转给对方看'), ('court_only', '只留在法院'), ('refused', '不接收')], max_length=10, verbose_name='处理')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='理由')),
                ('checked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '材料核对',
            },
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_staff_has_post',
        ),
        migrations.AddField(
            model_name='message',
            name='asks_party',
            field=models.BooleanField(db_default=False, default=False, verbose_name='请当事人补充'),
        ),
        migrations.AddField(
            model_name='message',
            name='corrects',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='feedback.message'),
        ),
        migrations.AddField(
            model_name='message',
            name='on_merits',
            field=models.BooleanField(db_default=False, default=False, verbose_name='关系到实体'),
        ),
        migrations.AddField(
            model_name='message',
            name='settles',
            field=models.BooleanField(db_default=True, default=True, verbose_name='办完了'),
        ),
        migrations.AddField(
            model_name='readmark',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost'),
        ),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    TEMPLATE_IDS, "ALTER TABLE feedback_replytemplate DROP COLUMN IF EXISTS public_id"
                )
            ],
            [
                migrations.AddField(
                    model_name="replytemplate", name="public_id", field=common.fields.PublicIdField()
                )
            ],
        ),
        migrations.AddField(
            model_name='replytemplate',
            name='retired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='copy',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.copy'),
        ),
        migrations.AlterField(
            model_name='message',
            name='author_kind',
            field=models.CharField(choices=[('party', '当事人'), ('judge', '承办法官'), ('clerk', '书记员'), ('assistant', '法官助理'), ('deputy', '代班法官'), ('head', '庭长'), ('supervisor', '院领导'), ('court', '法院')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_kind__in', ['party', 'court']), ('author_post', None)), models.Q(models.Q(('author_kind__in', ['party', 'court']), _negated=True), ('author_post__isnull', False)), _connector='OR'), name='message_staff_has_post'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('on_merits', False), models.Q(('author_kind', 'party'), ('is_internal', False)), _connector='OR'), name='message_merits_from_party'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='feedback.message'),
        ),
        migrations.AddField(
            model_name='meritscheck',
            name='checked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost'),
        ),
        migrations.AddField(
            model_name='meritscheck',
            name='message',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='check_result', to='feedback.message'),
        ),
        migrations.AddConstraint(
            model_name='meritscheck',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'shown'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='merits_kept_with_reason'),
        ),
        append_only_trigger("feedback_attachment"),
        append_only_trigger("feedback_meritscheck"),
    ]
