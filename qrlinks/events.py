"""Event names of this app. None of them is ever on a case timeline: judge and clerk never see scans (SEC-35)."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

VERIFIED = register("qrlinks.verified", _("扫码核验通过"), security=True)
REPORTED = register("qrlinks.reported", _("二维码报告"))
REPORT_HANDLED = register("qrlinks.report_handled", _("处理二维码报告"))
PASS_GIVEN = register("qrlinks.pass_given", _("窗口核对身份"))
CASE_SWITCHED = register("qrlinks.case_switched", _("案件二维码停用或启用"), security=True)
CODE_MADE = register("qrlinks.code_made", _("生成案件二维码"))
