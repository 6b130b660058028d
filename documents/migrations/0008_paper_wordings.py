"""A court's own words in its papers, in versions, and the version of each paper; a new table and an empty column."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0007_held_copies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('template', models.CharField(max_length=40, verbose_name='模板')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('texts', models.JSONField(verbose_name='用语')),
                ('note', models.CharField(max_length=200, verbose_name='为什么改')),
                ('effective_on', models.DateField(verbose_name='启用日期')),
                ('state', models.CharField(choices=[('proposed', '待另一人同意'), ('approved', '已同意'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '文书用语',
            },
        ),
        migrations.AddField(
            model_name='paper',
            name='wording',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='documents.wording'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.UniqueConstraint(fields=('court', 'template', 'number'), name='wording_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('court', 'template'), name='wording_one_proposal'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR'), name='wording_second_person'),
        ),
    ]
