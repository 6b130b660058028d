"""Where a copy goes: another address, the phone, an address kept secret; mail that came back is found by its number."""

from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0005_delivery_outcomes'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='keeps_address_secret',
            field=models.BooleanField(db_default=False, default=False, verbose_name='地址保密'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='other_address',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='另一个地址'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='phone',
            field=common.fields.EncryptedTextField(blank=True, db_default='', default='', verbose_name='电话'),
        ),
        migrations.AddField(
            model_name='deliveryfact',
            name='address',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='寄往的地址'),
        ),
        migrations.AddIndex(
            model_name='deliveryfact',
            index=models.Index(condition=models.Q(('tracking_no', ''), _negated=True), fields=['tracking_no'], name='fact_tracking_idx'),
        ),
    ]
