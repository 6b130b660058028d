"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

COPY_REQUESTED = register("documents.copy_requested", _("文书待生成"), timeline=Timeline.NOBODY)
ISSUED = register("documents.issued", _("文书已生成"), timeline=Timeline.PARTIES)
SENT = register("documents.sent", _("文书已发出"), timeline=Timeline.STAFF)
DELIVERED = register("documents.delivered", _("文书已送达"), timeline=Timeline.PARTIES)
DELIVERY_FAILED = register("documents.delivery_failed", _("文书未送达"), timeline=Timeline.STAFF)
READINGS = ("documents.opened", "casefiles.opened")
"""Somebody read a document: by itself, or as an entry of the file of a case (SEC-18)."""
OPENED = register("documents.opened", _("查看文书或材料"), timeline=Timeline.NOBODY)
READ_MUCH = register(
    "documents.read_much", _("一个账号短时间查阅很多"), timeline=Timeline.NOBODY, security=True
)
PAPER_ASKED = register("documents.paper_asked", _("要求寄纸质文书"), timeline=Timeline.STAFF)
OFFICE_KEPT = register("documents.office_kept", _("维护往来单位"), timeline=Timeline.NOBODY)
REVOKED = register("documents.copy_revoked", _("文书二维码已停用"), timeline=Timeline.STAFF)
SUPERSEDED = register("documents.superseded", _("文书已更正，旧的一份不再使用"), timeline=Timeline.PARTIES)
WORDING_PROPOSED = register("documents.wording_proposed", _("提出文书用语的新版本"))
WORDING_APPROVED = register("documents.wording_approved", _("同意文书用语的新版本"))
WORDING_REFUSED = register("documents.wording_refused", _("不同意文书用语的新版本"))
WORDING_WITHDRAWN = register("documents.wording_withdrawn", _("撤回文书用语的新版本"))
SEAL_PROPOSED = register("documents.seal_proposed", _("提出启用电子签章"), timeline=Timeline.NOBODY)
SEAL_REFUSED = register("documents.seal_refused", _("不同意启用电子签章"), timeline=Timeline.NOBODY)
SEAL_WITHDRAWN = register("documents.seal_withdrawn", _("撤回启用电子签章"), timeline=Timeline.NOBODY)
SEAL_IN_USE = register("documents.seal_in_use", _("电子签章启用"), timeline=Timeline.NOBODY)
DAMAGED = register("documents.damaged", _("文件缺失或被改动"), timeline=Timeline.NOBODY)
INFECTED = register("documents.infected", _("文件有病毒，已隔离"), timeline=Timeline.NOBODY)
RECOVERED = register("documents.recovered", _("文件已恢复"), timeline=Timeline.NOBODY)
