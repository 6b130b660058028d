"""A seal that somebody wants to take into use waits for a second person."""


import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0013_case_quota'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('templates', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('name', models.CharField(max_length=40, verbose_name='签章名')),
                ('certificate', models.TextField(verbose_name='证书')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='证书指纹')),
                ('state', models.CharField(choices=[('proposed', '待另一人同意'), ('agreed', '已启用'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.court')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.division')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '启用电子签章',
                'constraints': [models.UniqueConstraint(models.F('court'), django.db.models.functions.comparison.Coalesce('division', 0), condition=models.Q(('state', 'proposed')), name='seal_proposal_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR'), name='seal_proposal_second_person')],
            },
        ),
    ]
