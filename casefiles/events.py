"""Names of what happens to case files. They stand on a stream of their own (``file:<case>``), so that what is kept from the
parties moves nothing in the stream their receipts point into; exports stand in the court's access stream."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

ENTERED = register("casefiles.entered", _("材料入卷"))
CORRECTED = register("casefiles.corrected", _("更正案卷目录"))
SEALED = register("casefiles.sealed", _("限制查阅"), security=True)
UNSEALED = register("casefiles.unsealed", _("取消限制查阅"), security=True)
ARCHIVED = register("casefiles.archived", _("案卷归档"))
OPENED = register("casefiles.opened", _("查看卷内材料"))
ASKED = register("casefiles.reading_asked", _("申请阅卷"))
DECIDED = register("casefiles.reading_decided", _("答复阅卷申请"))
EXPORTED = register("casefiles.exported", _("下载案卷"), security=True)
