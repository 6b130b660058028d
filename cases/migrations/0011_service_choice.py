"""What a party chose about electronic service and its confirmed address; a new table, nothing is moved."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.fields
from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_phone_change'),
        ('courts', '0003_leave'),
        ('eventlog', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('electronic', models.BooleanField(verbose_name='同意电子送达')),
                ('basis', models.CharField(blank=True, choices=[('said', '明确表示同意'), ('agreed', '诉讼前已经约定或者承诺'), ('gave', '在诉状、答辩状里主动提供电子地址'), ('accepted', '接受已经完成的电子送达，没有表示不同意')], max_length=10, verbose_name='同意的依据')),
                ('wording_version', models.CharField(max_length=20, verbose_name='告知内容的版本')),
                ('wording', models.TextField(verbose_name='告知内容')),
                ('postal_address', models.CharField(blank=True, max_length=300, verbose_name='确认的收件地址')),
                ('postal_phone', common.fields.EncryptedTextField(blank=True, verbose_name='收件电话')),
                ('confidential', models.BooleanField(default=False, verbose_name='要求保密')),
                ('chosen_at', models.DateTimeField(verbose_name='选择的时间')),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_choices', to='cases.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '送达方式的选择',
                'ordering': ['party_id', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('electronic', True), models.Q(('basis', ''), _negated=True)), models.Q(('basis', ''), ('electronic', False)), _connector='OR'), name='servicechoice_basis_iff_electronic'), models.CheckConstraint(condition=models.Q(('confidential', False), models.Q(('postal_address', ''), _negated=True), _connector='OR'), name='servicechoice_confidential_needs_address')],
            },
        ),
        append_only_trigger("cases_servicechoice"),
    ]
