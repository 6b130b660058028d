"""When the portal was last seen answering, and the outages it recorded. No row changes."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

import courts.models
from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('eventlog', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField(verbose_name='最近一次正常')),
            ],
            options={
                'verbose_name': '运行信号',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='heartbeat_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='最后一次正常')),
                ('ends_at', models.DateTimeField(verbose_name='恢复')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '系统故障',
                'ordering': ['starts_at'],
                'indexes': [models.Index(fields=['ends_at'], name='outage_end_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='outage_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(courts.models.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='outage_no_overlap')],
            },
        ),
        append_only_trigger("courts_outage"),
    ]
