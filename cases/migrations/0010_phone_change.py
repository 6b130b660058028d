"""What phone a party had before the court changed it; a new table, nothing is moved."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields
from eventlog.guards import append_only_trigger


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0009_reasoned_read'),
        ('courts', '0003_leave'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhoneChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('old_phone', common.fields.EncryptedTextField(blank=True, verbose_name='原来的电话')),
                ('old_origin', models.CharField(blank=True, choices=[('own', '本人登记'), ('court', '法院核实'), ('other_side', '对方提供')], max_length=12)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.staffpost')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_changes', to='cases.party')),
            ],
            options={
                'verbose_name': '手机号变更',
            },
        ),
        append_only_trigger("cases_phonechange"),
    ]
