"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

COPY_REQUESTED = register("documents.copy_requested", _("文书待生成"), timeline=Timeline.NOBODY)
ISSUED = register("documents.issued", _("文书已生成"), timeline=Timeline.PARTIES)
SENT = register("documents.sent", _("文书已发出"), timeline=Timeline.STAFF)
DELIVERED = register("documents.delivered", _("文书已送达"), timeline=Timeline.PARTIES)
DELIVERY_FAILED = register("documents.delivery_failed", _("文书未送达"), timeline=Timeline.STAFF)
OPENED = register("documents.opened", _("查看文书或材料"), timeline=Timeline.NOBODY)
PAPER_ASKED = register("documents.paper_asked", _("要求寄纸质文书"), timeline=Timeline.STAFF)
REVOKED = register("documents.copy_revoked", _("文书二维码已停用"), timeline=Timeline.STAFF)
DAMAGED = register("documents.damaged", _("文件缺失或被改动"), timeline=Timeline.NOBODY)
