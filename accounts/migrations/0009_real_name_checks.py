"""Names and papers that wait for the register or the counter (SEC-09)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_phone_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RealNameCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='姓名')),
                ('id_kind', models.CharField(choices=[('id_card', '居民身份证'), ('passport', '护照'), ('hk_macau_permit', '港澳居民来往内地通行证'), ('taiwan_permit', '台湾居民来往大陆通行证'), ('uscc', '统一社会信用代码'), ('residence_permit', '港澳台居民居住证'), ('foreign_permanent_card', '外国人永久居留身份证')], max_length=24, verbose_name='证件类型')),
                ('id_number', common.fields.EncryptedTextField(blank=True, verbose_name='证件号码')),
                ('id_number_index', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('waiting', '等待核验'), ('counter', '等窗口核对证件'), ('confirmed', '核对一致'), ('refused', '核对不上'), ('withdrawn', '已重新填写')], default='waiting', max_length=9, verbose_name='状态')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('asked_at', models.DateTimeField(verbose_name='填写时间')),
                ('next_at', models.DateTimeField(verbose_name='下次核对')),
                ('decided_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='real_name_checks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '实名核验',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='realnamecheck_due_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'counter'])), fields=('user',), name='realnamecheck_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state__in', ['waiting', 'counter']), models.Q(('name', ''), _negated=True), models.Q(('id_number_index', ''), _negated=True)), models.Q(models.Q(('state__in', ['waiting', 'counter']), _negated=True), ('decided_at__isnull', False), ('id_number_index', ''), ('name', '')), _connector='OR'), name='realnamecheck_kept_while_open')],
            },
        ),
    ]
