"""Two people let acceptance and delivery go on while the trail has no witness. A new table, no row changes."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0005_outages'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrailRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('state', models.CharField(choices=[('proposed', '等另一个人同意'), ('agreed', '已放行'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '留痕中断时的放行',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR'), name='trail_release_second_person'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('state',), name='trail_release_one_open')],
            },
        ),
    ]
