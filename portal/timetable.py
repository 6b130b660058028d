"""What the worker does by the clock: each job with its times and its name for the administrators (REL-41).

Read by the settings, so nothing here touches a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eventlog.wake import RUN_JOB

ZONE = "Asia/Shanghai"
ALL_DAY = range(24)


@dataclass(frozen=True)
class Job:
    """``task`` runs every so many seconds, or at the moments of a crontab, Beijing time.

    A run that was missed is made up in the hours ``made_up`` only: some jobs ring on telephones or read much.
    """

    key: str
    task: str
    every: float | crontab
    label: str | Promise
    times: str | Promise
    made_up: range = ALL_DAY

    def due_after(self, moment: datetime) -> datetime:
        """When it is due for the first time after an aware moment."""
        if isinstance(self.every, crontab):
            start, step, _now = self.every.remaining_delta(moment, tz=ZONE)
            due: datetime = start + step
            return due
        return moment + timedelta(seconds=self.every)

    def is_late(self, *, since: datetime, now: datetime) -> bool:
        """Whether two runs are over due since the last success: the second one should have begun by now (REL-41)."""
        return self.due_after(self.due_after(since)) < now


def _table(*jobs: Job) -> dict[str, Job]:
    return {job.key: job for job in jobs}


# every so many seconds: the sweep behind a wake-up call; whatever a lost message left over is done within seconds
JOBS = _table(
    Job("outbox", "eventlog.run_outbox", 5.0, _("发出待办的通知和文书"), _("每5秒")),
    Job("messages", "notifications.send_due", 10.0, _("发短信"), _("每10秒")),
    Job("webhooks", "notifications.send_webhooks", 10.0, _("通知办案软件"), _("每10秒")),
    Job("orders", "payments.poll_orders", 10.0, _("向支付平台查付款结果"), _("每10秒")),
    Job("refunds", "payments.send_refunds", 30.0, _("发出已批准的退款"), _("每30秒")),
    Job("refund_answers", "payments.poll_refunds", 10.0, _("向支付平台查退款结果"), _("每10秒")),
    Job("batches", "filing.run_batches", 30.0, _("处理批量立案的表"), _("每30秒")),
    Job("acting", "assistance.end_acting", 60.0, _("结束到期的代办"), _("每分钟")),
    # looks every minute; an anchor is cut after ten, or after a thousand entries
    Job("anchors", "eventlog.anchor", 60.0, _("给操作记录做锚点"), _("每分钟")),
    Job("scans", "documents.scan_files", 10.0, _("检查上传文件有没有病毒"), _("每10秒")),
    Job("clocks", "feedback.escalate", 60.0, _("检查答复时限"), _("每分钟")),
    Job("real_names", "accounts.check_real_names", 60.0, _("补做没核对完的实名"), _("每分钟")),
    Job("licences", "cases.check_licences", 300.0, _("查律师执业证"), _("每5分钟")),
    Job("heartbeat", "portal.heartbeat", 30.0, _("记录网站能否打开"), _("每30秒")),
    Job("missed", "portal.make_up", 60.0, _("补做错过的任务"), _("每分钟")),
    # in the day only: these messages ring on a telephone
    Job(
        "bills",
        "payments.remind_of_bills",
        crontab(hour="9-18", minute="37"),
        _("提醒交诉讼费"),
        _("9到18点每小时"),
        range(9, 20),
    ),
    Job(
        "overdue",
        "payments.propose_overdue",
        crontab(hour="7-18", minute="12"),
        _("列出逾期未交费的案件"),
        _("7到18点每小时"),
        range(7, 20),
    ),
    # the gateways have their bills of yesterday ready by ten; a day without one is asked for again
    Job(
        "recon",
        "payments.reconcile",
        crontab(hour="10-18", minute="12"),
        _("和支付平台对账"),
        _("10到18点每小时"),
        range(10, 24),
    ),
    # reads only; where it takes longer than a task may, `manage.py audit verify` is run by hand
    Job(
        "trail", "eventlog.verify_trail", crontab(hour="2", minute="10"), _("核对全部操作记录"), _("每天2:10")
    ),
    Job("ledger", "payments.check_ledger", crontab(hour="2", minute="40"), _("核对账本"), _("每天2:40")),
    Job(
        "visits",
        "filing.remind_of_visits",
        crontab(hour="8-19", minute="17"),
        _("提醒预约"),
        _("8到19点每小时"),
        range(8, 21),
    ),
    Job("mediations", "filing.end_mediations", crontab(minute="7"), _("结束到期的调解"), _("每小时")),
    Job(
        "publications",
        "documents.end_publications",
        crontab(hour="7-18", minute="27"),
        _("结束到期的公告"),
        _("7到18点每小时"),
        range(7, 20),
    ),
    # goes on where it was; a night that is too short is followed by the next
    Job(
        "fixity",
        "documents.check_fixity",
        crontab(hour="1-5", minute="*/5"),
        _("核对文件有没有损坏"),
        _("1到5点每5分钟"),
        range(1, 6),
    ),
    Job("codes", "qrlinks.raise_alarm", crontab(minute="*/10"), _("检查有没有人乱试二维码"), _("每10分钟")),
    Job(
        "phones",
        "accounts.finish_phone_changes",
        crontab(minute="*/5"),
        _("更换满一天的手机号生效"),
        _("每5分钟"),
    ),
    # after load_domain has brought the holidays of another year; its messages ring on a telephone
    Job(
        "promises",
        "feedback.confirm_promises",
        crontab(hour="9", minute="22"),
        _("按新的放假安排重算期限"),
        _("每天9:22"),
        range(9, 18),
    ),
    # evenings only, and once for each person; the later hours catch up what was missed
    Job(
        "digests",
        "feedback.send_digests",
        crontab(hour="17-21", minute="40"),
        _("发每日汇总"),
        _("17到21点每小时"),
        range(17, 22),
    ),
    Job(
        "reworks",
        "feedback.open_reworks",
        crontab(hour="7", minute="50"),
        _("列出评价低的庭室"),
        _("每天7:50"),
        range(7, 20),
    ),
    Job(
        "reads",
        "cases.list_reads",
        crontab(day_of_week="mon", hour="8", minute="20"),
        _("给督察列上周凭理由查阅的清单"),
        _("每周一8:20"),
        range(8, 18),
    ),
    Job(
        "trays", "feedback.clear_trays", crontab(hour="3", minute="50"), _("清理没发出的附件"), _("每天3:50")
    ),
    Job(
        "sessions",
        "portal.clear_sessions",
        crontab(hour="3", minute="30"),
        _("清理过期的登录"),
        _("每天3:30"),
    ),
    # at night only: walks big tables; what a night leaves the next one does
    Job(
        "retention",
        "portal.retention",
        crontab(hour="4", minute="10"),
        _("按保存期限清理"),
        _("每天4:10"),
        range(0, 7),
    ),
)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """As Celery reads it. A call of a job that comes every few seconds is worth nothing once the next one is there."""
    found: dict[str, dict[str, Any]] = {}
    for job in JOBS.values():
        found[job.key] = {"task": RUN_JOB, "schedule": job.every, "args": (job.key,)}
        if not isinstance(job.every, crontab):
            found[job.key]["options"] = {"expires": job.every}
    return found
