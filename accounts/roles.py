"""What roles are called on screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.actor import Role

ROLE_WORDS: dict[Role, str | Promise] = {
    Role.LITIGANT: _("当事人"),
    Role.LAWYER: _("律师"),
    Role.INTAKE_CLERK: _("立案窗口"),
    Role.CASE_CLERK: _("书记员"),
    Role.JUDGE: _("法官"),
    Role.HEAD: _("庭长"),
    Role.FINANCE: _("财务"),
    Role.DISCIPLINE: _("督察"),
    Role.SUPERVISOR: _("院领导"),
    Role.ADMIN: _("管理员"),
    Role.AUDITOR: _("审计员"),
}
