"""Where this database was prepared, and what is held after a restore (docs/adr/0031). Two small tables."""

from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_schedule'),
    ]

    operations = [
        migrations.AddField(
            model_name='installation',
            name='database_id',
            field=models.CharField(blank=True, db_default='', max_length=60, verbose_name='数据库所在'),
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('since', models.DateTimeField(verbose_name='暂停时间')),
                ('restored', models.BooleanField(default=False, verbose_name='恢复备份后')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('released_at', models.DateTimeField(null=True, verbose_name='放行时间')),
                ('release_reason', models.CharField(blank=True, max_length=200, verbose_name='放行理由')),
            ],
            options={
                'verbose_name': '对外暂停',
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('restored',), name='one_hold_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('release_reason', ''), ('released_at', None)), models.Q(('released_at__isnull', False), models.Q(('release_reason', ''), _negated=True)), _connector='OR'), name='hold_released_with_a_reason')],
            },
        ),
    ]
