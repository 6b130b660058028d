"""One-time codes that confirm a mail address: a new choice, nothing in the table changes."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_organisations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('sign_in', '登录'), ('scan', '扫码验证'), ('step_up', '再次确认'), ('new_phone', '换手机号'), ('mail', '确认邮箱')], max_length=12),
        ),
    ]
