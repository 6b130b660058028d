"""Outages that two people enter (REL-51). A new table, no row changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0007_staff_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutageEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('starts_at', models.DateTimeField(verbose_name='开始')),
                ('ends_at', models.DateTimeField(verbose_name='恢复')),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('filing', '提交立案申请'), ('materials', '提交答辩、证据和补正材料'), ('payment', '交纳诉讼费'), ('papers', '查看送达的文书'), ('messages', '留言和其他申请')], max_length=10), size=None)),
                ('reason', models.CharField(max_length=200, verbose_name='原因和依据')),
                ('state', models.CharField(choices=[('proposed', '等另一个人同意'), ('agreed', '已登记'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '人工登记的系统故障',
                'indexes': [models.Index(condition=models.Q(('state', 'agreed')), fields=['ends_at'], name='outage_entry_end_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR'), name='outage_entry_second_person'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='outage_entry_ends_after_start'), models.CheckConstraint(condition=models.Q(('services__len__gt', 0)), name='outage_entry_names_services')],
            },
        ),
    ]
