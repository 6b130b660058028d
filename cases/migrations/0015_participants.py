"""Who takes part in a case and is no party; a new table that old code leaves alone."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_paper_batches'),
        ('courts', '0004_leave_ended'),
    ]

    operations = [
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('witness', '证人'), ('expert', '鉴定人'), ('specialist', '有专门知识的人'), ('inspector', '勘验人'), ('interpreter', '翻译人员')], max_length=11, verbose_name='身份')),
                ('name', models.CharField(max_length=100, verbose_name='姓名')),
                ('address', models.CharField(max_length=300, verbose_name='地址')),
                ('phone', common.fields.EncryptedTextField(blank=True, verbose_name='电话')),
                ('starts_at', models.DateTimeField(verbose_name='登记时间')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='cases.party')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='cases.case')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '其他诉讼参与人',
                'ordering': ['case_id', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('case', 'kind', 'name'), name='participant_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'specialist'), _negated=True), ('asked_by__isnull', False), _connector='OR'), name='participant_specialist_was_asked_for'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='participant_ends_after_start')],
            },
        ),
    ]
