"""Transfers of the court's own money, and what the nightly look at the books found."""

from django.db import migrations, models

from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('courts', '0002_post_case_share'),
        ('payments', '0009_gate_health'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField()),
                ('findings', models.JSONField()),
            ],
            options={
                'verbose_name': '账目核验',
            },
        ),
        migrations.RemoveConstraint(
            model_name='journal',
            name='journal_names_its_cause',
        ),
        migrations.AlterField(
            model_name='journal',
            name='kind',
            field=models.CharField(choices=[('receipt', '收款'), ('apply', '待处理款抵账单'), ('refund_due', '批准退费'), ('refund_paid', '退费付出'), ('transfer', '本院资金划转')], default='receipt', max_length=12),
        ),
        migrations.AlterField(
            model_name='suspense',
            name='state',
            field=models.CharField(choices=[('open', '待处理'), ('applied', '已抵账单'), ('returning', '退款中'), ('returned', '已退回'), ('moved', '本院资金划转')], default='open', max_length=10, verbose_name='状态'),
        ),
        migrations.AddIndex(
            model_name='statementrow',
            index=models.Index(condition=models.Q(('kind', 'refund')), fields=['out_no'], name='statement_row_out_idx'),
        ),
        migrations.AddConstraint(
            model_name='journal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['receipt', 'apply', 'transfer']), ('part', None), ('payment__isnull', False), ('refund', None)), models.Q(('kind', 'refund_due'), ('part', None), ('payment', None), ('refund__isnull', False)), models.Q(('kind', 'refund_paid'), ('part__isnull', False), ('payment', None), ('refund__isnull', False)), _connector='OR'), name='journal_names_its_cause'),
        ),
        append_only_trigger("payments_ledgercheck"),
    ]
