"""The desk of codes: why a code is off and until when, what becomes of reports, passes from the counter."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import common.fields
from eventlog.guards import append_only_trigger

REASONS = [
    ("lost", "文书遗失"),
    ("wrong_person", "送错了人"),
    ("suspicious", "被仿冒或者有人乱猜"),
    ("authority_ended", "代理权已终止"),
    ("phone_changed", "当事人的手机号换了"),
    ("case_closed", "案件已结"),
    ("other", "其他"),
]
FINDINGS = [
    ("ours", "是法院的码，没有问题"),
    ("wrong_person", "送错了人，已通知重新送达"),
    ("switched_off", "已停用这份文书的码"),
    ("fake", "是仿冒的，已报告公安或相关单位"),
    ("nothing", "查不清，记录备查"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("qrlinks", "0003_report_of_guessing"),
        ("cases", "0001_initial"),
        ("courts", "0001_initial"),
        ("documents", "0001_initial"),
        ("eventlog", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="casecode",
            name="ends_at",
            field=models.DateTimeField(null=True, verbose_name="停用时间"),
        ),
        migrations.AddField(
            model_name="visit",
            name="way",
            field=models.CharField(
                choices=[("phone", "手机验证码"), ("counter", "窗口核对身份")],
                default="phone",
                max_length=8,
                verbose_name="怎样核对",
            ),
        ),
        migrations.AlterField(
            model_name="codereport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("not_mine", "这不是我的文书"),
                    ("suspicious", "可疑的二维码"),
                    ("guessed", "核对次数太多"),
                    ("alarm", "大量不认识的码"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="CodeSwitch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("on", models.BooleanField(verbose_name="启用")),
                ("reason", models.CharField(blank=True, choices=REASONS, max_length=16, verbose_name="原因")),
                ("happened_at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="courts.staffpost")),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="switches", to="qrlinks.casecode"
                    ),
                ),
            ],
            options={
                "verbose_name": "案件二维码的停用和启用",
                "constraints": [
                    models.CheckConstraint(
                        name="codeswitch_off_has_reason",
                        condition=Q(on=True, reason="") | Q(on=False) & ~Q(reason=""),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "待处理"), ("taken", "处理中"), ("settled", "已处理")], max_length=8
                    ),
                ),
                ("finding", models.CharField(blank=True, choices=FINDINGS, max_length=12, verbose_name="结果")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("happened_at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="courts.staffpost")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="qrlinks.codereport"
                    ),
                ),
            ],
            options={
                "verbose_name": "二维码报告的处理",
                "constraints": [
                    models.UniqueConstraint(fields=["report", "state"], name="reportstep_once"),
                    models.CheckConstraint(
                        name="reportstep_settled_has_finding",
                        condition=Q(state="settled") & ~Q(finding="") | Q(state="taken", finding=""),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterPass",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("public_id", common.fields.PublicIdField()),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("copy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="documents.copy")),
                (
                    "issued_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="courts.staffpost"),
                ),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.party")),
            ],
            options={"verbose_name": "窗口通行码"},
        ),
        append_only_trigger("qrlinks_codeswitch"),
        append_only_trigger("qrlinks_reportstep"),
    ]
