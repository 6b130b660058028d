"""Why a form asks for personal data: what for, by which law, how long, and what of it is sensitive (SEC-69; 个人信息保护法7, 14, 17, 30, 31, 35).

One text for each purpose; a form shows its own with ``{% purpose "key" %}``. A test finds forms that ask without saying why.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
DUTY = _("个人信息保护法第十三条第一款第三项、第三十四条（履行法定职责所必需，不需要另外取得同意）")
WISH = _("个人信息保护法第十三条第一款第一项（您自愿填写，可以不填）")
FILE = _("没有提交的草稿90天后删除；提交以后是诉讼档案的一部分，按诉讼档案的保管期限保存")
CASE = _("是诉讼档案的一部分，按诉讼档案的保管期限保存")
ACCOUNT = _("账号使用期间")
PAPER = _(
    "证件号码是敏感个人信息：不核对就分不清同名的人，别人可能冒名办事；泄露可能被人冒用。加密保存，页面上只显示一部分。"
)


@dataclass(frozen=True)
class Purpose:
    """``sensitive``: why sensitive data is needed and what it may do to somebody. ``children``: a child under fourteen may be meant."""

    what_for: Words
    law: Words
    how_long: Words
    sensitive: Words = ""
    children: bool = False


PURPOSES: dict[str, Purpose] = {
    "sign_in": Purpose(_("认出是您，发验证码和通知"), DUTY, ACCOUNT),
    "outside": Purpose(
        _("下次登录时认出是您；只存一个对得上的记号，不存昵称、头像和号码"),
        WISH,
        _("绑定期间；解除半年后删除"),
    ),
    "real_name": Purpose(_("确认是您本人，防止别人冒名立案或者看您的案件"), DUTY, ACCOUNT, PAPER),
    "parties": Purpose(
        _("分清是谁告谁，核对身份，送达文书"),
        DUTY,
        FILE,
        _("证件号码是敏感个人信息，只用来核对身份；泄露可能被人冒用，所以加密保存，页面上只显示一部分。"),
        children=True,
    ),
    "agent": Purpose(_("确认谁有权替当事人办事，方便法院联系"), DUTY, FILE),
    "applicant": Purpose(_("写进每一份申请，核对身份，送达文书"), DUTY, FILE, PAPER),
    "dispute": Purpose(
        _("审查能不能立案，审理案件"),
        DUTY,
        FILE,
        _("病情、账户这类敏感信息，和案子有关才写，不要多写；立案以后对方会看到。"),
        children=True,
    ),
    "visit": Purpose(_("安排接待，临时有变动时通知您"), DUTY, CASE),
    "help": Purpose(_("给您打电话，安排人帮您"), DUTY, CASE),
    "suggestion": Purpose(_("把处理结果告诉您"), WISH, _("处理完90天后删除电话")),
    "relief": Purpose(
        _("判断能不能缓交、减交、免交"),
        DUTY,
        CASE,
        _(
            "收入、病情是敏感个人信息：没有这些不能判断您是不是有困难。只有决定的法官和收费的人看，对方看不到。"
        ),
    ),
    "payee": Purpose(
        _("把钱退到您自己的账户"),
        DUTY,
        _("是会计凭证的一部分，按会计档案的保管期限保存"),
        _("银行账号是敏感个人信息：没有它退不了款；泄露可能被骗。加密保存，只显示后四位。"),
    ),
    "acting": Purpose(_("找到本人的账号，问他同不同意您代办"), WISH, _("只用来核对，核对以后不保存"), PAPER),
    "service": Purpose(_("把文书送到您手里"), DUTY, CASE),
    "representative": Purpose(_("确认谁替您办事，请他登录确认"), DUTY, CASE),
    "organisation": Purpose(_("确认谁可以替单位办事"), DUTY, ACCOUNT),
    "scan": Purpose(
        _("确认您就是这份文书上的人"), DUTY, _("没有通过的核对184天后删除；通过的访问记录按诉讼档案保存")
    ),
}
