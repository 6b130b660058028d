"""Which seal stands on the papers of a court or a division, from when to when; each copy names the row it was sealed by."""


import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import courts.models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0011_scanning'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('templates', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('name', models.CharField(max_length=40, verbose_name='签章名')),
                ('certificate', models.TextField(verbose_name='证书')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='证书指纹')),
                ('used_from', models.DateTimeField(verbose_name='启用')),
                ('used_until', models.DateTimeField(blank=True, null=True, verbose_name='停用')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='courts.court')),
                ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='courts.division')),
            ],
            options={
                'verbose_name': '电子签章',
            },
        ),
        migrations.AddField(
            model_name='copy',
            name='seal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.seal'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('division', None), ('templates', [])), models.Q(('division__isnull', False), models.Q(('templates', []), _negated=True)), _connector='OR'), name='seal_of_division_lists_papers'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('court', '='), (django.db.models.functions.comparison.Coalesce('division', 0), '='), (courts.models.TsTzRange('used_from', 'used_until', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='seal_one_at_a_time'),
        ),
    ]
