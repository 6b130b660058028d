"""Readings with a typed reason (SEC-18); a new table, nothing is moved."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import common.fields
from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_case_assistant'),
        ('courts', '0003_leave'),
        ('eventlog', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReasonedRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('reason', models.CharField(max_length=200, verbose_name='查阅理由')),
                ('opened_at', models.DateTimeField(verbose_name='查阅时间')),
                ('until_at', models.DateTimeField(verbose_name='可以看到')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasoned_reads', to='cases.case')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.staffpost')),
            ],
            options={
                'verbose_name': '凭理由查阅',
                'indexes': [models.Index(fields=['post', '-until_at'], name='reasonedread_post_idx'), models.Index(fields=['-opened_at'], name='reasonedread_time_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_at__gt', models.F('opened_at'))), name='reasonedread_ends_after_start'), models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length('reason'), 10), name='reasonedread_says_why')],
            },
        ),
        append_only_trigger("cases_reasonedread"),
    ]
