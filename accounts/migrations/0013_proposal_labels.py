"""Proposals of every kind speak of their state in the same words; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', "0012_code_for_acting"),
    ]

    operations = [
        migrations.AlterField(
            model_name='factorreset',
            name='state',
            field=models.CharField(choices=[('proposed', '等另一个人同意'), ('agreed', '已同意'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=9),
        ),
    ]
