"""The outside offices that a court writes to."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0008_paper_wordings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Office',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('court', '法院'), ('procuratorate', '检察院'), ('police', '公安机关'), ('registry', '登记机关'), ('bank', '银行和支付机构'), ('detention', '监狱、看守所'), ('other', '其他单位')], max_length=13, verbose_name='是什么单位')),
                ('name', models.CharField(max_length=100, verbose_name='单位全称')),
                ('address', models.CharField(max_length=300, verbose_name='地址')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='电话')),
                ('retired_at', models.DateTimeField(null=True)),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
            ],
            options={
                'verbose_name': '往来单位',
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('court', 'name'), name='office_name_once')],
            },
        ),
    ]
