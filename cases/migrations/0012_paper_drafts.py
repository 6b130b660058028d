"""Papers that are being written, and each text handed in; new tables, nothing is moved."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields
from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_service_choice'),
        ('courts', '0004_leave_ended'),
        ('documents', '0005_delivery_outcomes'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('template', models.CharField(max_length=40, verbose_name='模板')),
                ('fields', models.JSONField(default=dict, verbose_name='内容')),
                ('addressees', models.JSONField(default=list, verbose_name='收件人')),
                ('second_eyes', models.BooleanField(verbose_name='要另一个人签发')),
                ('state', models.CharField(choices=[('draft', '起草中'), ('submitted', '待签发'), ('returned', '已退回修改'), ('approved', '已签发，正在盖章'), ('issued', '已发出'), ('discarded', '已作废')], default='draft', max_length=10, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1)),
                ('writers', models.JSONField(default=list)),
                ('judge_wrote', models.BooleanField(default=False, verbose_name='法官写过')),
                ('drafted_at', models.DateTimeField(verbose_name='起草时间')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='提交时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='签发或者退回的时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='退回的理由')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='cases.case')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='documents.paper')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('paper', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='documents.paper')),
            ],
            options={
                'verbose_name': '文书稿',
            },
        ),
        migrations.CreateModel(
            name='DraftVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('fields', models.JSONField()),
                ('addressees', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='cases.paperdraft')),
            ],
            options={
                'verbose_name': '文书稿的版本',
                'ordering': ['draft_id', 'number'],
            },
        ),
        migrations.AddIndex(
            model_name='paperdraft',
            index=models.Index(fields=['case', 'state'], name='paperdraft_case_idx'),
        ),
        migrations.AddConstraint(
            model_name='paperdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('paper__isnull', False), ('state__in', ['approved', 'issued'])), models.Q(models.Q(('state__in', ['approved', 'issued']), _negated=True), ('paper', None)), _connector='OR'), name='paperdraft_paper_iff_approved'),
        ),
        migrations.AddConstraint(
            model_name='paperdraft',
            constraint=models.CheckConstraint(condition=models.Q(('second_eyes', False), ('decided_by', None), models.Q(('decided_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='paperdraft_second_eyes'),
        ),
        migrations.AddConstraint(
            model_name='paperdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='paperdraft_returned_says_why'),
        ),
        migrations.AddConstraint(
            model_name='draftversion',
            constraint=models.UniqueConstraint(fields=('draft', 'number'), name='draftversion_unique'),
        ),
        append_only_trigger("cases_draftversion"),
    ]
