"""What can be done with a fee: the operations of fees.json, one function each, yuan out.

Each receives a ``Reckoning`` with a definite base fee, writes its steps there and returns the sum it yields
(a fee, a top-up, a refund), or None where the law names no sum.
"""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from common.money import ZERO, to_yuan
from payments.fees.book import Item
from payments.fees.charge import Reckoning, refuse

Act = Callable[[Reckoning], Decimal | None]


def _item(work: Reckoning, default: str | None = None) -> Item:
    item = work.book.items.get(work.ask.item or default or "")
    if item is None:
        refuse("item", _("请选择收费项目"))
    return item


def _acceptance(work: Reckoning, default: str | None = "property") -> Item:
    """The item of a suit; an application fee (申请费) has no appeal, claim change or procedure change."""
    item = _item(work, default)
    if item.is_application:
        refuse("item", _("这一项是申请费，只有案件受理费才有这种情形"))
    return item


def _needed(work: Reckoning, name: str, message: str) -> Decimal:
    value: Decimal | None = getattr(work.ask, name)
    if value is None:
        refuse(name, message)
    return value


def fee(work: Reckoning) -> Decimal:
    """应交的费用."""
    return work.due(_item(work), work.ask.amount)


def halve(work: Reckoning) -> Decimal:
    """减半交纳, once whatever the number of reasons (解释206)."""
    if not work.ask.halve:
        refuse("halve", _("请选择减半的事由"))
    return fee(work)


def appeal(work: Reckoning) -> Decimal:
    """上诉 (art. 17): by the contested part where the fee follows the amount, else the same fee again."""
    item, ask = _acceptance(work), work.ask
    first, contested = ask.first_instance_amount, ask.contested_amount
    if first is not None and contested is not None and contested > first:
        refuse("contested_amount", _("不服部分的金额不应超过一审请求的金额"))
    follows_amount = item.rule.schedule is not None and not item.rule.amount_optional
    candidates = (contested, ask.amount) if follows_amount else (ask.amount, first, contested)
    amount = next((value for value in candidates if value is not None), None)
    if amount is None and item.id == "property":
        refuse("contested_amount", _("请填写对一审判决不服部分的金额"))
    text = _("按不服一审判决部分的请求额计算") if follows_amount and amount else _("按一审同类标准再计一次")
    work.note(text, work.article("appeal"))
    return work.due(item, amount)


def _change(work: Reckoning) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    item = _acceptance(work)
    old = _needed(work, "old", _("请填写变更前的金额"))
    new = _needed(work, "new", _("请填写变更后的金额"))
    return old, new, work.due(item, old), work.due(item, new)


def increase_claim(work: Reckoning) -> Decimal:
    """增加诉讼请求: top up the difference (art. 21)."""
    old, new, before, after = _change(work)
    if new < old:
        refuse("new", _("增加后的金额不应小于原来的金额"))
    work.note(_("补交差额"), work.article("increase_claim"), after - before)
    return after - before


def decrease_claim(work: Reckoning) -> Decimal:
    """减少诉讼请求: the difference back if before the end of the court's investigation (art. 21, 35)."""
    in_time = work.ask.before_end
    if in_time is None:
        refuse("before_end", _("请说明是否在法庭调查终结前减少"))
    old, new, before, after = _change(work)
    if new > old:
        refuse("new", _("减少后的金额不应大于原来的金额"))
    refund = before - after if in_time else ZERO
    text = _("法庭调查终结前减少，退还差额") if in_time else _("法庭调查终结后减少，差额不退")
    work.note(text, work.article("decrease_claim"), refund)
    return refund


def _both_procedures(work: Reckoning) -> tuple[Decimal, Decimal]:
    """Fee in the ordinary procedure, and what was paid (or was due) in the simplified one."""
    item = _acceptance(work)
    others = tuple(reason for reason in work.ask.halve if reason != "simplified")
    full = work.due(item, work.ask.amount, halve=others)
    paid = work.ask.prepaid
    if paid is None:
        paid = work.due(item, work.ask.amount, halve=(*others, "simplified"))
    if paid > full:
        refuse("prepaid", _("已交的金额不应超过应交的全额"))
    return full, paid


def simplified_to_ordinary(work: Reckoning) -> Decimal:
    """简易转普通: the other half within 7 days of the notice (解释199)."""
    full, paid = _both_procedures(work)
    work.note(
        _("转为普通程序，补足差额，接到通知次日起7日内交纳"),
        work.article("simplified_to_ordinary"),
        full - paid,
    )
    return full - paid


def simplified_to_ordinary_unpaid_refund(work: Reckoning) -> Decimal:
    """简易转普通 not topped up: treated as withdrawn, half of what was received goes back (解释199)."""
    refund = to_yuan(_both_procedures(work)[1] / 2)
    text = _("未按期补足，按撤诉处理，退还已收的一半")
    work.note(text, work.article("simplified_to_ordinary_unpaid_refund"), refund)
    return refund


def payment_order_to_suit(work: Reckoning) -> Decimal:
    """支付令失效转诉讼: the suit's fee less what the payment order cost (解释195)."""
    paid = work.ask.prepaid
    if paid is None:
        paid = work.due(work.book.items["payment_order"], work.ask.amount, halve=())
    top_up = max(work.due(_acceptance(work), work.ask.amount) - paid, ZERO)
    work.note(_("扣除已交的支付令申请费，补交差额"), work.article("payment_order_to_suit"), top_up)
    return top_up


def mixed_claims(work: Reckoning) -> Decimal:
    """财产与非财产请求并存: property claims together once, others only when alone, as one (解释201)."""
    amounts, others = work.ask.property_amounts or (), work.ask.nonproperty_count or 0
    if not amounts and not others:
        refuse("property_amounts", _("请至少填写一项请求"))
    if amounts:
        total = sum(amounts, ZERO)
        work.note(_("各项财产请求合并计算，非财产请求不另收费"), work.article("mixed_claims"))
        item = _acceptance(work)
        return work.due(item if item.rule.schedule else work.book.items["property"], total)
    work.note(_("只有非财产请求，多项按一件计算"), work.article("mixed_claims"))
    item = _acceptance(work, "other_nonproperty")
    return work.due(item if item.rule.given(None).works_alone else work.book.items["other_nonproperty"], None)


def realize_security(work: Reckoning) -> Decimal | None:
    """实现担保物权: an application fee whose standard the regulation leaves open; the court's own, if set."""
    base = work.bases.get("realize_security") if work.ask.base_fee is None else work.ask.base_fee
    text = _("收申请费，国家没有统一标准，以受理法院的标准为准；另行起诉的从案件受理费中扣除")
    work.note(text, work.article("realize_security"), base)
    return base if base is None else to_yuan(work.relieved(base))


def relief_exempt(work: Reckoning) -> Decimal:
    """免交, natural persons only (art. 44, 45)."""
    return fee(work)


def relief_reduce(work: Reckoning) -> Decimal:
    """减交, at least 30 percent (art. 46)."""
    if work.ask.reduce_pct is None:
        refuse("reduce_pct", _("请填写减交的比例"))
    return fee(work)


def relief_defer(work: Reckoning) -> Decimal:
    """缓交: the fee stays due, nothing is prepaid (art. 47, 49)."""
    due = fee(work)
    work.note(_("准予缓交：应交额不变，现在预交0元，立案前作出决定"), work.article("relief_defer"), ZERO)
    return due


def _prepaid(work: Reckoning) -> Decimal:
    return to_yuan(_needed(work, "prepaid", _("请填写已预交的金额")))


def refund_winner(work: Reckoning) -> Decimal:
    """胜诉退费: what the winner prepaid and need not bear (art. 29, 解释207)."""
    prepaid, borne = _prepaid(work), _needed(work, "borne_by_prepayer", _("请填写预交人应负担的金额"))
    if borne > prepaid:
        refuse("borne_by_prepayer", _("应负担的金额不应超过已预交的金额"))
    text = _("退还预交人不应负担的部分，法院另向败诉方收取；自愿承担或同意由对方直接支付的除外")
    work.note(text, work.article("refund_winner"), prepaid - borne)
    return to_yuan(prepaid - borne)


def refund_inadmissible(work: Reckoning) -> Decimal:
    """不予受理、驳回起诉: all of it back (art. 27)."""
    refund = _prepaid(work)
    work.note(_("不予受理或驳回起诉，预交的全部退还"), work.article("refund_inadmissible"), refund)
    return refund


def refund_remand(work: Reckoning) -> Decimal:
    """发回重审: the fee of the second instance back (art. 27)."""
    refund = _prepaid(work)
    work.note(_("发回重审，二审预交的全部退还"), work.article("refund_remand"), refund)
    return refund


def refund_suspended(work: Reckoning) -> Decimal:
    """中止诉讼、执行: nothing back, nothing again after resumption (art. 26)."""
    work.note(_("中止诉讼或执行，已交的不退，恢复后不再交"), work.article("refund_suspended"), ZERO)
    return ZERO


def refund_terminated(work: Reckoning) -> Decimal:
    """终结诉讼: nothing back (art. 28)."""
    work.note(_("终结诉讼，已交的不退"), work.article("refund_terminated"), ZERO)
    return ZERO


def refund_crime_transfer(work: Reckoning) -> Decimal:
    """移送刑事: all of it back unless the civil part goes on (art. 25)."""
    continues = work.ask.civil_continues
    if continues is None:
        refuse("civil_continues", _("请说明民事部分是否继续审理"))
    refund = ZERO if continues else _prepaid(work)
    text = _("移送后民事部分仍需审理，不退") if continues else _("移送刑事且民事不再审理，全部退还")
    work.note(text, work.article("refund_crime_transfer"), refund)
    return refund


def refund_deadline(work: Reckoning) -> None:
    """退费期限: a period, not a sum (art. 53)."""
    work.note(_("应当退还的，自法律文书生效之日起15日内退还"), work.article("refund_deadline"))


OPERATIONS: dict[str, Act] = {
    act.__name__: act
    for act in (
        fee, halve, appeal, increase_claim, decrease_claim, simplified_to_ordinary,
        simplified_to_ordinary_unpaid_refund, payment_order_to_suit, mixed_claims, realize_security,
        relief_exempt, relief_reduce, relief_defer, refund_winner, refund_inadmissible, refund_remand,
        refund_crime_transfer, refund_suspended, refund_terminated, refund_deadline,
    )
}  # fmt: skip
