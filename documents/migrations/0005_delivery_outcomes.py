"""What came of an attempt to deliver, which rule judged it, and whose word the address is."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_copy_sha256_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='address_origin',
            field=models.CharField(choices=[('own', '本人提供或者确认'), ('known', '能确认是本人的'), ('named', '对方提供')], db_default='named', default='named', max_length=5, verbose_name='地址由谁提供'),
        ),
        migrations.AddField(
            model_name='deliveryfact',
            name='outcome',
            field=models.CharField(blank=True, choices=[('arrived', '到达电子地址'), ('read', '系统反馈已阅知'), ('replied', '回复收悉'), ('acted', '已按送达内容作出诉讼行为'), ('bounced', '没有到达，被系统退回'), ('self', '本人签收'), ('family', '同住的成年家属签收'), ('office', '单位法定代表人、负责人或者收发部门签收'), ('agent', '诉讼代理人签收'), ('collector', '指定的代收人签收'), ('somebody', '别人签收'), ('left', '拒收，有见证人签名或者拍照录像，已留下'), ('not_left', '拒收，没有见证人，也没有拍照录像'), ('at_court', '到法院后拒绝签收，已注明'), ('refused', '拒收退回'), ('wrong_address', '地址不准确退回'), ('moved', '已搬走没有告知，退回'), ('unclaimed', '没有人领取退回'), ('nobody', '没有见到人'), ('over', '公告期满')], db_default='', max_length=13, verbose_name='结果'),
        ),
        migrations.AddField(
            model_name='deliveryfact',
            name='rule',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='method',
            field=models.CharField(choices=[('inbox', '电子送达（平台收件箱）'), ('post', '邮寄'), ('counter', '窗口领取'), ('in_person', '直接送达'), ('entrusted', '委托送达'), ('forwarded', '转交送达'), ('publication', '公告')], max_length=12, verbose_name='方式'),
        ),
        migrations.AlterField(
            model_name='deliveryfact',
            name='kind',
            field=models.CharField(choices=[('created', '已生成'), ('sent', '已发出'), ('arrived', '已到达收件箱'), ('opened', '已查看'), ('signed', '已交付'), ('tried', '没有送到'), ('returned', '被退回'), ('over', '公告期满'), ('asked', '要求纸质文书'), ('replaced', '已换新份')], max_length=10),
        ),
    ]
