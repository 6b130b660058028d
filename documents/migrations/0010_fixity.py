"""Damaged files, and how far the nightly comparison of kept bytes has come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0004_leave_ended'),
        ('documents', '0009_offices'),
    ]

    operations = [
        migrations.CreateModel(
            name='FixityRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=10, unique=True)),
                ('last_pk', models.BigIntegerField(default=0)),
                ('checked', models.BigIntegerField(default=0, verbose_name='已核对')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='完成')),
            ],
            options={
                'verbose_name': '完整性核对',
            },
        ),
        migrations.CreateModel(
            name='Damage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField()),
                ('is_paper', models.BooleanField()),
                ('kind', models.CharField(choices=[('missing', '缺失'), ('changed', '内容不符')], max_length=8, verbose_name='情况')),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('recovered_at', models.DateTimeField(null=True, verbose_name='恢复时间')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
            ],
            options={
                'verbose_name': '损坏的文件',
                'indexes': [models.Index(fields=['court', 'recovered_at'], name='damage_court_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('recovered_at', None)), fields=('public_id',), name='damage_one_open_per_file')],
            },
        ),
    ]
