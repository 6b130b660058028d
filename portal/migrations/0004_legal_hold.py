"""What must not be cleared while a dispute or an order lasts (docs/adr/0033). A small new table."""

from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0003_hold'),
    ]

    operations = [
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('kind', models.CharField(choices=[('person', '账号'), ('case', '案件'), ('filing', '立案申请')], max_length=6, verbose_name='对象')),
                ('thing', models.UUIDField(verbose_name='对象编号')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('placed_at', models.DateTimeField(verbose_name='开始时间')),
                ('placed_by_id', models.BigIntegerField(verbose_name='决定的人')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='解除时间')),
                ('lifted_by_id', models.BigIntegerField(null=True, verbose_name='解除的人')),
                ('lift_reason', models.CharField(blank=True, max_length=200, verbose_name='解除的理由')),
            ],
            options={
                'verbose_name': '依法保全不得删除',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('kind', 'thing'), name='legal_hold_once'), models.CheckConstraint(condition=models.Q(models.Q(('lift_reason', ''), ('lifted_at', None), ('lifted_by_id', None)), models.Q(('lifted_at__isnull', False), ('lifted_by_id__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='legal_hold_lifted_whole')],
            },
        ),
    ]
