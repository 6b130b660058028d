"""What texts a person wants; a new table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_merged_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeWishes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('muted', models.JSONField(default=list, verbose_name='不发短信的通知')),
                ('quiet', models.CharField(choices=[('22-7', '22:00到次日7:00'), ('21-8', '21:00到次日8:00'), ('23-6', '23:00到次日6:00'), ('none', '不设，随时可以发')], max_length=5, verbose_name='夜间不打扰')),
                ('changed_at', models.DateTimeField()),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='notice_wishes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '通知设置',
            },
        ),
    ]
