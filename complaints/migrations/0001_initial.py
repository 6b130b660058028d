"""The zone's own schema and its tables."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields
import complaints.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        # the wall: only portal_zone enters this schema; portal_app adds to one table in it (prepare_database)
        migrations.RunSQL("CREATE SCHEMA zone", "DROP SCHEMA zone"),
        migrations.CreateModel(
            name='DailyRoot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('root', models.CharField(max_length=64, verbose_name='根哈希')),
            ],
            options={
                'verbose_name': '投诉区每日根哈希',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(default=0)),
                ('hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
            options={
                'verbose_name': '投诉区链头',
                'db_table': 'zone"."head',
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('box', models.BinaryField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '封存的投诉',
                'db_table': 'zone"."submission',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(unique=True)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=40)),
                ('matter_id', models.BigIntegerField(null=True)),
                ('user_id', models.BigIntegerField(null=True)),
                ('happened_at', models.DateTimeField()),
                ('payload', models.JSONField(default=dict)),
                ('salt', models.CharField(max_length=32)),
                ('payload_hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': '投诉区留痕',
                'db_table': 'zone"."entry',
                'indexes': [models.Index(fields=['matter_id', 'id'], name='entry_matter_idx')],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('complaint', '投诉举报'), ('interference', '过问记录')], max_length=12)),
                ('court_id', models.BigIntegerField(verbose_name='法院')),
                ('case_id', models.BigIntegerField(null=True, verbose_name='案件')),
                ('content', complaints.models.SealedField(verbose_name='内容')),
                ('confidential', models.BooleanField(default=True, verbose_name='请为我保密')),
                ('receipt', models.CharField(blank=True, max_length=64)),
                ('author', models.CharField(blank=True, max_length=64)),
                ('received_at', models.DateTimeField(verbose_name='收到')),
            ],
            options={
                'verbose_name': '投诉举报和过问记录',
                'db_table': 'zone"."matter',
                'indexes': [models.Index(fields=['author', '-id'], name='matter_author_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('receipt', ''), _negated=True), fields=('receipt',), name='matter_receipt_unique')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.TextField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='identity', to='complaints.matter')),
            ],
            options={
                'verbose_name': '反映人身份',
                'db_table': 'zone"."identity',
            },
        ),
        migrations.CreateModel(
            name='NoneStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('court_id', models.BigIntegerField()),
                ('month', models.DateField(verbose_name='月份')),
                ('stated_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '本月无过问情况',
                'db_table': 'zone"."nonestatement',
                'constraints': [models.UniqueConstraint(fields=('user_id', 'month'), name='none_once_a_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='none_month_begins')],
            },
        ),
        migrations.CreateModel(
            name='Opened',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('matter', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='complaints.matter')),
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='complaints.submission')),
            ],
            options={
                'verbose_name': '已拆封',
                'db_table': 'zone"."opened',
            },
        ),
        migrations.CreateModel(
            name='UnlockRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('asked_by', models.BigIntegerField()),
                ('reason', complaints.models.SealedField(verbose_name='理由')),
                ('asked_at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unlocks', to='complaints.matter')),
            ],
            options={
                'verbose_name': '申请查看身份',
                'db_table': 'zone"."unlockrequest',
            },
        ),
        migrations.CreateModel(
            name='Unlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed_by', models.BigIntegerField()),
                ('agreed_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='unlock', to='complaints.unlockrequest')),
            ],
            options={
                'verbose_name': '同意查看身份',
                'db_table': 'zone"."unlock',
            },
        ),
        migrations.CreateModel(
            name='Named',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField(verbose_name='被反映人')),
                ('by', models.BigIntegerField(null=True)),
                ('named_at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named', to='complaints.matter')),
            ],
            options={
                'verbose_name': '被反映人',
                'db_table': 'zone"."named',
                'indexes': [models.Index(fields=['user_id'], name='named_user_idx')],
                'constraints': [models.UniqueConstraint(fields=('matter', 'user_id'), name='named_once')],
            },
        ),
        migrations.CreateModel(
            name='Routing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('court_id', models.BigIntegerField()),
                ('role', models.CharField(max_length=20)),
                ('why', models.CharField(choices=[('received', '按管辖收到'), ('conflict', '下级需要回避'), ('overdue', '到期没有答复'), ('silence', '没有人接手'), ('passed_up', '下级报请'), ('second', '需要第二人确认')], max_length=10, verbose_name='原因')),
                ('routed_at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routings', to='complaints.matter')),
            ],
            options={
                'verbose_name': '分办',
                'db_table': 'zone"."routing',
                'indexes': [models.Index(fields=['court_id', 'role', '-id'], name='routing_office_idx')],
                'constraints': [models.UniqueConstraint(fields=('matter', 'court_id', 'role'), name='routing_once')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '正在查'), ('closing', '等第二人确认办结'), ('closed', '已办结')], default='open', max_length=8, verbose_name='状态')),
                ('due_at', models.DateTimeField(verbose_name='最晚答复')),
                ('escalate_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('finding', models.CharField(blank=True, choices=[('founded', '反映的情况属实'), ('partly', '部分属实'), ('unfounded', '没有查实'), ('elsewhere', '不归这里管，已告知去处')], max_length=10, verbose_name='结果')),
                ('proposed_by', models.BigIntegerField(null=True)),
                ('closed_by', models.BigIntegerField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='standing', to='complaints.matter')),
            ],
            options={
                'verbose_name': '办理情况',
                'db_table': 'zone"."standing',
                'indexes': [models.Index(condition=models.Q(('escalate_at__isnull', False)), fields=['escalate_at'], name='standing_escalate_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('proposed_by__isnull', False), models.Q(('closed_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='standing_closed_by_a_second')],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('author', '反映人'), ('reply', '答复'), ('internal', '内部')], max_length=8)),
                ('text', complaints.models.SealedField(verbose_name='内容')),
                ('by', models.BigIntegerField(null=True)),
                ('written_at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='words', to='complaints.matter')),
            ],
            options={
                'verbose_name': '往来',
                'db_table': 'zone"."word',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by', None), ('kind', 'author')), models.Q(models.Q(('kind', 'author'), _negated=True), ('by__isnull', False)), _connector='OR'), name='word_of_staff_has_author')],
            },
        ),
    ]
