"""One-time codes that say yes to somebody who acts for another: a new choice, nothing in the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_code_for_mail'),
    ]

    operations = [
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('sign_in', '登录'), ('scan', '扫码验证'), ('step_up', '再次确认'), ('new_phone', '换手机号'), ('mail', '确认邮箱'), ('acting', '同意别人代办')], max_length=12),
        ),
    ]
