"""Posts are given and ended by two; system, security and audit administration are three people; suppliers stay 30 days."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import common.fields
import courts.models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0006_trail_release'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('start', '任职'), ('end', '结束岗位'), ('enable', '重新启用账号'), ('password', '重新设置密码')], max_length=8, verbose_name='事项')),
                ('role', models.CharField(blank=True, max_length=20, verbose_name='角色')),
                ('from_on', models.DateField(null=True, verbose_name='从')),
                ('until_on', models.DateField(null=True, verbose_name='到')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('state', models.CharField(choices=[('proposed', '待另一人同意'), ('agreed', '已办'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '人员变动',
            },
        ),
        migrations.RemoveConstraint(
            model_name='staffpost',
            name='post_role_known',
        ),
        migrations.AddField(
            model_name='staffpost',
            name='supplier',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='所属公司'),
        ),
        migrations.AddConstraint(
            model_name='staffpost',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['litigant', 'lawyer', 'intake_clerk', 'case_clerk', 'judge', 'head', 'finance', 'discipline', 'supervisor', 'admin', 'auditor', 'system'])), name='post_role_known'),
        ),
        migrations.AddConstraint(
            model_name='staffpost',
            constraint=models.CheckConstraint(condition=models.Q(('supplier', ''), models.Q(('ends_at__isnull', False), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=30))))), _connector='OR'), name='post_supplier_ends_in_30_days'),
        ),
        migrations.AddConstraint(
            model_name='staffpost',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ['admin', 'discipline', 'auditor'])), expressions=[('user', '='), ('role', '<>'), (courts.models.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='post_three_administrators'),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='court',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.court'),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='deputy',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost'),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='division',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.division'),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='courts.staffpost'),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='staffchange',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_changes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='staffchange',
            index=models.Index(fields=['court', '-id'], name='staff_change_court_idx'),
        ),
        migrations.AddConstraint(
            model_name='staffchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'refused']), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_by', None), ('state__in', ['proposed', 'withdrawn'])), _connector='OR'), name='staff_change_second_person'),
        ),
        migrations.AddConstraint(
            model_name='staffchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_by', models.F('user')), _negated=True), models.Q(('decided_by', None), models.Q(('decided_by', models.F('user')), _negated=True), _connector='OR')), name='staff_change_not_own'),
        ),
        migrations.AddConstraint(
            model_name='staffchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'start'), ('post', None), models.Q(('role', ''), _negated=True)), models.Q(('kind', 'end'), ('post__isnull', False)), models.Q(('kind__in', ['enable', 'password']), ('post', None)), _connector='OR'), name='staff_change_says_what'),
        ),
        migrations.AddConstraint(
            model_name='staffchange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('user', 'kind', 'role', 'post'), name='staff_change_one_open', nulls_distinct=False),
        ),
    ]
