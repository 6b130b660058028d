"""When each job of the timetable last ran; a new table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='任务')),
                ('known_at', models.DateTimeField(verbose_name='登记时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='最近一次开始')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='最近一次结束')),
                ('succeeded_at', models.DateTimeField(null=True, verbose_name='最近一次成功')),
                ('handled', models.IntegerField(null=True, verbose_name='处理了几件')),
                ('result', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='出错')),
                ('failures', models.PositiveIntegerField(db_default=0, default=0, verbose_name='连续失败')),
            ],
            options={
                'verbose_name': '定时任务',
            },
        ),
    ]
