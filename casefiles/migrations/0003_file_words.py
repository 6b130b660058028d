"""What stands in uploaded files, for searching."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casefiles', '0002_guards'),
        ('documents', '0013_case_quota'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(verbose_name='文字')),
                ('taken_at', models.DateTimeField(verbose_name='读取时间')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='documents.storedfile')),
            ],
            options={
                'verbose_name': '材料里的文字',
            },
        ),
    ]
