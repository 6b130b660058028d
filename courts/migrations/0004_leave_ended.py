"""A leave can end early; then it stands in the way of no other. No row changes."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import courts.models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0003_leave'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='leave',
            name='leave_no_overlap',
        ),
        migrations.AddField(
            model_name='leave',
            name='ended_at',
            field=models.DateTimeField(null=True, verbose_name='提前结束'),
        ),
        migrations.AddField(
            model_name='leave',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost'),
        ),
        migrations.AddConstraint(
            model_name='leave',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None)), expressions=[('post', '='), (courts.models.DateRange('from_on', 'until_on', models.Value('[]')), '&&')], name='leave_no_overlap'),
        ),
    ]
