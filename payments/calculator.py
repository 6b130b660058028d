"""What people ask the fee calculator, in their words, and which operation of the regulation answers each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.fees import book_on

Words = str | Promise


@dataclass(frozen=True)
class Matter:
    """One thing to work out: ``operation`` of ``payments.fees``, what is asked, and what to know besides the sum.

    ``items`` are the kinds of case it is asked for (none: the operation itself says it); ``needs`` the fields that must be
    filled in, ``may`` those that may. ``notes`` are sentences with their source in the law.
    """

    key: str
    title: Words
    hint: Words
    operation: str
    items: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()


ITEM_WORDS: dict[str, Words] = {
    "property": _("要钱、要东西的（借钱、合同、货款、房租、交通事故赔偿、分遗产）"),
    "divorce": _("离婚"),
    "labour": _("劳动争议（工资、工伤、辞退）"),
    "personality": _("名誉、肖像、隐私、身体健康等人格权"),
    "ip": _("专利、商标、著作权等知识产权"),
    "other_nonproperty": _("其他不要钱的（变更抚养、确认、道歉等）"),
    "admin_other": _("不服政府部门的决定（民告官）"),
    "admin_ip_maritime": _("民告官：商标、专利、海事"),
    "jurisdiction_objection": _("管辖权异议不成立"),
    "enforcement": _("申请强制执行"),
    "preservation": _("申请保全（先冻结对方财产）"),
    "payment_order": _("申请支付令"),
    "public_summons": _("申请公示催告"),
    "arb_annul": _("申请撤销仲裁裁决"),
    "arb_validity": _("申请认定仲裁协议效力"),
    "bankruptcy": _("申请破产"),
    "unregistered_right_holder": _("代表人诉讼中没有登记的人另行起诉"),
    "maritime_fund": _("申请设立海事赔偿责任限制基金"),
    "maritime_injunction": _("申请海事强制令"),
    "maritime_lien_summons": _("申请船舶优先权催告"),
    "maritime_claim_registration": _("申请海事债权登记"),
    "general_average": _("申请共同海损理算"),
    "special_procedure": _("特别程序（宣告失踪、认定无民事行为能力、选民资格等）"),
    "judicial_confirmation": _("请法院确认调解协议"),
    "protection_order": _("申请人身安全保护令"),
    "admin_compensation": _("行政赔偿"),
    "retrial_default": _("申请再审"),
}
"""Kinds of case as people call them; what stands here may be chosen in the calculator."""

PREPAY = _(
    "受理案件以后，接到交费通知次日起7日内交；没有交、也没有申请缓交减交免交的，按撤诉处理。（第二十二条）"
)
LOSER = _("先由您垫付，一般由输的一方承担；打赢了，法院退给您。（第二十九条）")
RELIEF = _("经济困难的，可以申请缓交、减交或者免交。（第四十四条）")
SUITS = (
    "property",
    "divorce",
    "labour",
    "personality",
    "ip",
    "other_nonproperty",
    "admin_other",
    "admin_ip_maritime",
    "admin_compensation",
    "jurisdiction_objection",
)
APPEALED = SUITS[:8]

MATTERS: dict[str, Matter] = {
    matter.key: matter
    for matter in (
        Matter(
            "suit",
            _("起诉要交多少"),
            _("打官司交的案件受理费"),
            "fee",
            items=SUITS,
            may=("amount", "halve", "court"),
            notes=(PREPAY, LOSER, RELIEF),
        ),
        Matter(
            "application",
            _("申请执行、保全、支付令等要交多少"),
            _("申请费"),
            "fee",
            items=tuple(key for key in ITEM_WORDS if key not in SUITS),
            may=("amount", "court"),
            notes=(_("申请执行的费用不用先交，执行到钱以后再收；破产的清算以后再收。（第二十条）"), RELIEF),
        ),
        Matter(
            "appeal",
            _("上诉要交多少"),
            _("不服一审判决"),
            "appeal",
            items=APPEALED,
            may=("contested_amount", "court"),
            notes=(_("递交上诉状时交；法院通知的，接到通知次日起7日内交。（第二十二条）"), LOSER, RELIEF),
        ),
        Matter(
            "increase",
            _("增加诉讼请求，补多少"),
            _("多要钱"),
            "increase_claim",
            needs=("old", "new"),
        ),
        Matter(
            "decrease",
            _("减少诉讼请求，退多少"),
            _("少要钱"),
            "decrease_claim",
            needs=("old", "new", "before_end"),
        ),
        Matter(
            "ordinary",
            _("简易程序转普通程序，补多少"),
            _("开始按一半交的"),
            "simplified_to_ordinary",
            items=("property", "divorce", "personality", "ip", "other_nonproperty", "labour"),
            may=("amount", "court"),
            notes=(
                _(
                    "接到通知次日起7日内补交，不补交的按撤诉处理，退还已交的一半。（民诉法解释第一百九十九条）"
                ),
            ),
        ),
        Matter(
            "order",
            _("支付令失效后起诉，补多少"),
            _("对方提了异议"),
            "payment_order_to_suit",
            needs=("amount",),
            may=("prepaid",),
        ),
        Matter(
            "won",
            _("打赢了退多少"),
            _("退回不该由您承担的部分"),
            "refund_winner",
            needs=("prepaid", "borne_by_prepayer"),
            notes=(_("判决生效之日起15日内退还，不用等对方交。（第五十三条、民诉法解释第二百零七条）"),),
        ),
        Matter(
            "dismissed",
            _("不予受理、驳回起诉，退多少"),
            "",
            "refund_inadmissible",
            needs=("prepaid",),
            notes=(_("自裁定生效之日起15日内退还。（第五十三条）"),),
        ),
        Matter(
            "remanded",
            _("二审发回重审，退多少"),
            "",
            "refund_remand",
            needs=("prepaid",),
            notes=(_("自裁定生效之日起15日内退还。（第五十三条）"),),
        ),
    )
}
"""The questions of the page, in its order."""


def item_choices(matter: Matter) -> list[tuple[str, Words]]:
    """The kinds of case of a matter that the regulation in force knows, in plain words."""
    known = book_on(None).items
    return [(key, ITEM_WORDS[key]) for key in matter.items if key in known]
