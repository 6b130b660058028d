"""One kind of paper for many cases at once; a new table and two columns that old code leaves alone."""

import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_spoken_choice'),
        ('courts', '0004_leave_ended'),
    ]

    operations = [
        migrations.AddField(
            model_name='paperdraft',
            name='failure',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='没有发成的原因'),
        ),
        migrations.AlterField(
            model_name='paperdraft',
            name='state',
            field=models.CharField(choices=[('draft', '起草中'), ('submitted', '待签发'), ('returned', '已退回修改'), ('approved', '已签发，正在盖章'), ('issued', '已发出'), ('discarded', '已作废'), ('queued', '排队发出')], default='draft', max_length=10, verbose_name='状态'),
        ),
        migrations.CreateModel(
            name='PaperBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', common.fields.PublicIdField()),
                ('template', models.CharField(max_length=40, verbose_name='模板')),
                ('made_at', models.DateTimeField(verbose_name='提交时间')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='courts.court')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.staffpost')),
            ],
            options={
                'verbose_name': '批量文书',
            },
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='cases.paperbatch'),
        ),
        migrations.AddIndex(
            model_name='paperbatch',
            index=models.Index(fields=['made_by', '-id'], name='paperbatch_post_idx'),
        ),
    ]
