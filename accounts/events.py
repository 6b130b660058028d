"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

SIGNED_UP = register("accounts.signed_up", _("注册账号"), security=True)
SIGNED_IN = register("accounts.signed_in", _("登录"), security=True)
VERIFIED = register("accounts.verified", _("实名核验通过"))
REAL_NAME_REFUSED = register("accounts.real_name_refused", _("姓名和证件核对不上"))
REAL_NAME_WAITS = register("accounts.real_name_waits", _("姓名和证件等待核对"))
ROLE_SWITCHED = register("accounts.role_switched", _("切换身份"), security=True)
ORGANISATION_REGISTERED = register("accounts.organisation_registered", _("登记单位"))
MEMBER_ASKED = register("accounts.member_asked", _("邀请单位的人"))
MEMBER_JOINED = register("accounts.member_joined", _("加入单位"))
MEMBER_ENDED = register("accounts.member_ended", _("不再替单位办理"))
TOKEN_ISSUED = register("accounts.token_issued", _("新建接口令牌"), security=True)
TOKEN_REVOKED = register("accounts.token_revoked", _("停用接口令牌"), security=True)
FACTOR_ADDED = register("accounts.factor_added", _("添加第二步验证方式"), security=True)
FACTOR_ENDED = register("accounts.factor_ended", _("停用第二步验证方式"), security=True)
RECOVERY_MADE = register("accounts.recovery_made", _("生成备用码"), security=True)
FACTOR_RESET_PROPOSED = register("accounts.factor_reset_proposed", _("申请重设第二步验证"), security=True)
FACTORS_RESET = register("accounts.factors_reset", _("重设第二步验证"), security=True)
FACTOR_RESET_REFUSED = register("accounts.factor_reset_refused", _("不同意重设第二步验证"), security=True)
FACTOR_RESET_WITHDRAWN = register(
    "accounts.factor_reset_withdrawn", _("撤回重设第二步验证的申请"), security=True
)
SESSIONS_ENDED = register("accounts.sessions_ended", _("退出登录的设备"), security=True)
STEPPED_UP = register("accounts.stepped_up", _("办重要的事以前再次确认身份"), security=True)
RECOVERY_USED = register("accounts.recovery_used", _("用备用码登录"), security=True)
STAFF_INVITED = register("accounts.staff_invited", _("发出设置密码的邀请"), security=True)
PASSWORD_SET = register("accounts.password_set", _("设置密码"), security=True)
ACCOUNT_DISABLED = register("accounts.disabled", _("停用账号"), security=True)
ACCOUNT_ENABLED = register("accounts.enabled", _("重新启用账号"), security=True)
PASSWORD_ENDED = register("accounts.password_ended", _("不再用密码登录"), security=True)
PHONE_CHANGE_ASKED = register("accounts.phone_change_asked", _("在窗口申请换登录手机号"), security=True)
PHONE_CHANGED = register("accounts.phone_changed", _("换登录手机号"), security=True)
PHONE_CHANGE_STOPPED = register("accounts.phone_change_stopped", _("停止换登录手机号"), security=True)
PHONE_LOST = register("accounts.phone_lost", _("手机号归了别人，账号不再有手机号"), security=True)
OUTSIDE_BOUND = register("accounts.outside_bound", _("绑定微信或钉钉登录"), security=True)
OUTSIDE_ENDED = register("accounts.outside_ended", _("解除微信或钉钉登录"), security=True)
KIOSK_MARKED = register("accounts.kiosk_marked", _("把一台设备设为自助机"), security=True)
