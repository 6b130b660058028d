"""Agents: whom the party asked, for what, until when, how it ended, and what the register says of the licence (SEC-09)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_participants'),
        ('courts', '0005_outages'),
    ]

    operations = [
        migrations.AddField(
            model_name='representative',
            name='basis',
            field=models.CharField(choices=[('law', '法定代理或代表'), ('paper', '法院核对了授权委托书'), ('counter', '当事人当面向法院说明'), ('party', '当事人在网上委托')], db_default='paper', default='paper', max_length=7, verbose_name='依据'),
        ),
        migrations.AddField(
            model_name='representative',
            name='confirmed_at',
            field=models.DateTimeField(null=True, verbose_name='当事人确认'),
        ),
        migrations.AddField(
            model_name='representative',
            name='ended_how',
            field=models.CharField(blank=True, choices=[('withdrawn', '当事人撤回委托'), ('resigned', '代理人辞去委托'), ('declined', '代理人没有接受'), ('court', '法院登记结束')], db_default='', default='', max_length=9, verbose_name='怎么结束的'),
        ),
        migrations.AddField(
            model_name='representative',
            name='licence_checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='representative',
            name='licence_state',
            field=models.CharField(blank=True, choices=[('valid', '执业证有效'), ('expired', '执业证已失效'), ('unknown', '查不到这个执业证'), ('other', '执业证是别人的')], db_default='', default='', max_length=7, verbose_name='执业证'),
        ),
        migrations.AddField(
            model_name='representative',
            name='licence_until',
            field=models.DateField(null=True, verbose_name='执业证有效期至'),
        ),
        migrations.AddField(
            model_name='representative',
            name='matters',
            field=models.JSONField(db_default=[], default=list, verbose_name='特别授权的事项'),
        ),
        migrations.AddField(
            model_name='representative',
            name='phone_index',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='representative',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost'),
        ),
        migrations.AddIndex(
            model_name='representative',
            index=models.Index(condition=models.Q(('access', None)), fields=['phone_index'], name='representative_asked_idx'),
        ),
        migrations.AddConstraint(
            model_name='representative',
            constraint=models.CheckConstraint(condition=models.Q(('ended_how', ''), ('ends_at__isnull', False), _connector='OR'), name='representative_ended_has_end'),
        ),
    ]
