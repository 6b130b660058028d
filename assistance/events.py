"""Names of what happens to requests for help."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

ASKED = register("assistance.asked", _("请人帮忙"), timeline=Timeline.STAFF)
ARRANGED = register("assistance.arranged", _("安排了帮助"), timeline=Timeline.STAFF)
CALLED = register("assistance.called", _("给当事人打电话"), timeline=Timeline.STAFF)
ENDED = register("assistance.ended", _("帮助结束"), timeline=Timeline.STAFF)
CANCELLED = register("assistance.cancelled", _("不用帮忙了"), timeline=Timeline.STAFF)
ACTING_BEGUN = register("assistance.acting_begun", _("同意别人代办"), security=True)
ACTING_ENDED = register("assistance.acting_ended", _("代办结束"), security=True)
