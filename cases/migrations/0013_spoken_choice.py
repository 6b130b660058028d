"""A choice of service may be taken up by the court for somebody without an account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_paper_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='servicechoice',
            name='source',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='根据什么记录'),
        ),
        migrations.AlterField(
            model_name='servicechoice',
            name='chosen_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
