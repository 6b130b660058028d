"""代办: who acts for whom by which consent. A table of its own; the guard of the trail that asks it is the next one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('assistance', '0002_guards'),
        ('courts', '0008_outage_entries'),
        ('documents', '0014_seal_proposals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActingConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('way', models.CharField(choices=[('code', '本人手机收到的验证码'), ('paper', '本人在窗口签的授权书')], max_length=5, verbose_name='怎样同意的')),
                ('scopes', models.JSONField(default=list, verbose_name='代办什么')),
                ('state', models.CharField(choices=[('live', '正在代办'), ('ended', '已结束')], default='live', max_length=5, verbose_name='状态')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('ends_at', models.DateTimeField(verbose_name='最晚结束')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('ended_by', models.CharField(blank=True, choices=[('helper', '代办人结束'), ('person', '本人停止'), ('time', '时间到了')], max_length=6, verbose_name='怎样结束的')),
                ('court', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.court')),
                ('helper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acting_taken', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acting_given', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '代办授权',
                'indexes': [models.Index(fields=['helper', '-id'], name='actingconsent_helper_idx'), models.Index(fields=['person', '-id'], name='actingconsent_person_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'live')), fields=('person',), name='actingconsent_one_live'), models.CheckConstraint(condition=models.Q(('person', models.F('helper')), _negated=True), name='actingconsent_another'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('started_at'))), name='actingconsent_ends_later'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', ''), ('state', 'live')), models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='actingconsent_ended_iff_over'), models.CheckConstraint(condition=models.Q(models.Q(('paper', None), ('way', 'code')), models.Q(('paper__isnull', False), ('post__isnull', False), ('way', 'paper')), _connector='OR'), name='actingconsent_paper_with_its_scan')],
            },
        ),
    ]
