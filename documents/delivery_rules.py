"""When a paper counts as delivered (送达): the law as one table, no database (民诉法87–95; 解释130–140; 在线诉讼规则29–31).

An attempt says how the paper was brought, what came of it, whose word the address is and what the addressee said to electronic
delivery. The first row of ``RULES`` that fits an attempt decides; a paper that went several ways is delivered by the first
attempt that counts (规则31).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class DeliveryMethod(models.TextChoices):
    INBOX = "inbox", _("电子送达（平台收件箱）")
    POST = "post", _("邮寄")
    COUNTER = "counter", _("窗口领取")
    IN_PERSON = "in_person", _("直接送达")
    ENTRUSTED = "entrusted", _("委托送达")
    FORWARDED = "forwarded", _("转交送达")
    PUBLICATION = "publication", _("公告")


class Outcome(models.TextChoices):
    """What came of an attempt."""

    ARRIVED = "arrived", _("到达电子地址")
    READ = "read", _("系统反馈已阅知")
    REPLIED = "replied", _("回复收悉")
    ACTED = "acted", _("已按送达内容作出诉讼行为")
    BOUNCED = "bounced", _("没有到达，被系统退回")
    SELF = "self", _("本人签收")
    FAMILY = "family", _("同住的成年家属签收")
    OFFICE = "office", _("单位法定代表人、负责人或者收发部门签收")
    AGENT = "agent", _("诉讼代理人签收")
    COLLECTOR = "collector", _("指定的代收人签收")
    SOMEBODY = "somebody", _("别人签收")
    LEFT = "left", _("拒收，有见证人签名或者拍照录像，已留下")
    NOT_LEFT = "not_left", _("拒收，没有见证人，也没有拍照录像")
    AT_COURT = "at_court", _("到法院后拒绝签收，已注明")
    REFUSED = "refused", _("拒收退回")
    WRONG_ADDRESS = "wrong_address", _("地址不准确退回")
    MOVED = "moved", _("已搬走没有告知，退回")
    UNCLAIMED = "unclaimed", _("没有人领取退回")
    NOBODY = "nobody", _("没有见到人")
    OVER = "over", _("公告期满")


class AddressOrigin(StrEnum):
    """Whose word the address is."""

    OWN = "own"
    """Given or confirmed by the addressee (送达地址确认书, own pleading)."""
    KNOWN = "known"
    """Shown to be the addressee's, not confirmed."""
    NAMED = "named"
    """Named by the other side only."""


class Consent(StrEnum):
    """What the addressee said to electronic delivery in this case."""

    GIVEN = "given"
    NONE = "none"
    REFUSED = "refused"


class Effect(StrEnum):
    DELIVERED = "delivered"
    PRESUMED = "presumed"
    """Delivered unless the addressee shows that it was not received (规则31第二款)."""
    NOT = "not"


@dataclass(frozen=True)
class Kind:
    """What the paper is, as far as delivery asks: 民事调解书 needs the person's own hand; a simplified procedure knows no
    publication."""

    mediation: bool = False
    simplified: bool = False


@dataclass(frozen=True)
class Attempt:
    """One attempt; ``at`` is when it came about: arrival in the system, day on the receipt, day of the return, day on which
    the publication is over. ``without_fault``: the addressee showed that the return was not his doing (专递规定11).
    """

    method: DeliveryMethod
    outcome: Outcome
    at: datetime
    address: AddressOrigin = AddressOrigin.OWN
    consent: Consent = Consent.GIVEN
    without_fault: bool = False


@dataclass(frozen=True)
class Rule:
    """A row: which attempts it fits (empty = all) and what follows, in words with its articles."""

    code: str
    effect: Effect
    words: Any
    article: str
    methods: tuple[DeliveryMethod, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    addresses: tuple[AddressOrigin, ...] = ()
    consents: tuple[Consent, ...] = ()
    mediation: bool | None = None
    simplified: bool | None = None
    without_fault: bool | None = None

    def fits(self, attempt: Attempt, kind: Kind) -> bool:
        """Whether this row speaks of the attempt."""
        return (
            (not self.methods or attempt.method in self.methods)
            and (not self.outcomes or attempt.outcome in self.outcomes)
            and (not self.addresses or attempt.address in self.addresses)
            and (not self.consents or attempt.consent in self.consents)
            and self.mediation in (None, kind.mediation)
            and self.simplified in (None, kind.simplified)
            and self.without_fault in (None, attempt.without_fault)
        )


@dataclass(frozen=True)
class Ruling:
    """What an attempt is worth."""

    attempt: Attempt
    rule: Rule

    @property
    def counts(self) -> bool:
        return self.rule.effect is not Effect.NOT


RETURNED = (Outcome.REFUSED, Outcome.WRONG_ADDRESS, Outcome.MOVED, Outcome.UNCLAIMED)
"""The mail came back."""
ELECTRONIC = (DeliveryMethod.INBOX,)
BY_HAND = (DeliveryMethod.IN_PERSON, DeliveryMethod.COUNTER, DeliveryMethod.ENTRUSTED)
SIGNED = (DeliveryMethod.POST, *BY_HAND)
_ANSWERED = (Outcome.REPLIED, Outcome.ACTED)
_NO, _YES, _MAYBE = Effect.NOT, Effect.DELIVERED, Effect.PRESUMED
_OWN, _KNOWN, _NAMED = AddressOrigin.OWN, AddressOrigin.KNOWN, AddressOrigin.NAMED

RULES: tuple[Rule, ...] = (
    # --- electronic ---
    Rule("e-bounced", _NO, _("没有到达电子地址，要换一种方式送"), "在线诉讼规则31",
         ELECTRONIC, (Outcome.BOUNCED,)),
    Rule("e-refused", _NO, _("收件人不同意电子送达，要换一种方式送"), "民诉法90；在线诉讼规则29",
         ELECTRONIC, consents=(Consent.REFUSED,)),
    Rule("e-arrived", _YES, _("收件人同意电子送达，地址是本人提供或者确认的，到达时就是送达"), "民诉法90；在线诉讼规则31",
         ELECTRONIC, (Outcome.ARRIVED, Outcome.READ, *_ANSWERED), (_OWN,), (Consent.GIVEN,)),
    Rule("e-answered", _YES, _("收件人回复收悉或者已作出相应诉讼行为，就是送达"), "在线诉讼规则29、31",
         ELECTRONIC, _ANSWERED),
    Rule("e-read", _MAYBE, _("系统反馈已阅知，推定送达，收件人能证明没有收到的除外"), "在线诉讼规则31",
         ELECTRONIC, (Outcome.READ,), (_KNOWN,), (Consent.GIVEN,)),
    Rule("e-unconfirmed", _NO, _("电子地址没有经收件人确认，还没有回复或者阅知，不算送达"), "在线诉讼规则31",
         ELECTRONIC, (Outcome.ARRIVED, Outcome.READ), (_KNOWN, _NAMED), (Consent.GIVEN,)),
    Rule("e-no-consent", _NO, _("收件人没有同意电子送达，到达或者阅知都不算送达"), "民诉法90；在线诉讼规则29",
         ELECTRONIC, (Outcome.ARRIVED, Outcome.READ), (), (Consent.NONE,)),
    # --- a mediation paper goes to the person himself ---
    Rule("mediation-left", _NO, _("调解书要本人或者他指定的代收人签收，不能留置，也不能因拒收视为送达"), "解释133",
         SIGNED, (Outcome.LEFT, Outcome.NOT_LEFT, Outcome.AT_COURT, Outcome.REFUSED, Outcome.WRONG_ADDRESS,
                  Outcome.MOVED, Outcome.FAMILY), mediation=True),
    Rule("mediation-published", _NO, _("调解书要本人签收，不能公告送达"), "解释133",
         (DeliveryMethod.PUBLICATION,), mediation=True),
    # --- signed for ---
    Rule("signed-self", _YES, _("本人签收，签收日是送达日"), "民诉法87、88", SIGNED, (Outcome.SELF,)),
    Rule("signed-family", _YES, _("本人不在，交同住的成年家属签收，签收日是送达日"), "民诉法88", SIGNED, (Outcome.FAMILY,)),
    Rule("signed-office", _YES, _("法定代表人、负责人或者收发部门签收，签收日是送达日"), "民诉法88；解释130",
         SIGNED, (Outcome.OFFICE,)),
    Rule("signed-agent", _YES, _("诉讼代理人签收，签收日是送达日"), "民诉法88；解释132", SIGNED, (Outcome.AGENT,)),
    Rule("signed-collector", _YES, _("指定的代收人签收，签收日是送达日"), "民诉法88；解释132", SIGNED, (Outcome.COLLECTOR,)),
    Rule("signed-somebody", _NO, _("签收的人不是法律规定可以代收的人，要再送"), "民诉法88", SIGNED, (Outcome.SOMEBODY,)),
    # --- refused in person ---
    Rule("left", _YES, _("拒收，有见证人签名或者拍照录像，留下文书就是送达"), "民诉法89；解释130、132",
         (DeliveryMethod.IN_PERSON, DeliveryMethod.ENTRUSTED), (Outcome.LEFT,)),
    Rule("at-court", _YES, _("到法院后拒绝签收，在送达回证上注明，就是送达"), "解释131",
         (DeliveryMethod.COUNTER,), (Outcome.AT_COURT,)),
    Rule("not-left", _NO, _("拒收时没有见证人，也没有拍照录像，不算送达"), "民诉法89", BY_HAND, (Outcome.NOT_LEFT,)),
    Rule("nobody", _NO, _("没有见到人，要再送"), "民诉法88", BY_HAND, (Outcome.NOBODY,)),
    # --- returned by the post ---
    Rule("post-no-fault", _NO, _("收件人证明退回不是他的原因，要再送"), "专递规定11",
         (DeliveryMethod.POST,), (Outcome.REFUSED, Outcome.WRONG_ADDRESS, Outcome.MOVED), without_fault=True),
    Rule("post-refused", _YES, _("收件人或者指定的代收人拒收，退回日视为送达日"), "专递规定11",
         (DeliveryMethod.POST,), (Outcome.REFUSED,)),
    Rule("post-own-address", _YES, _("收件人自己提供或者确认的地址不准确、变更没有告知，退回日视为送达日"), "专递规定11",
         (DeliveryMethod.POST,), (Outcome.WRONG_ADDRESS, Outcome.MOVED), (_OWN,)),
    Rule("post-other-address", _NO, _("地址不是收件人自己提供或者确认的，退回不算送达，要换一种方式"), "专递规定11",
         (DeliveryMethod.POST,), (Outcome.WRONG_ADDRESS, Outcome.MOVED), (_KNOWN, _NAMED)),
    Rule("post-unclaimed", _NO, _("没有人领取退回，不算送达，要再送"), "专递规定11",
         (DeliveryMethod.POST,), (Outcome.UNCLAIMED,)),
    # --- through those who keep a person ---
    Rule("forwarded", _YES, _("转交单位交本人签收，签收日是送达日"), "民诉法92、93、94",
         (DeliveryMethod.FORWARDED,), (Outcome.SELF,)),
    # --- by publication ---
    Rule("published-simplified", _NO, _("简易程序不能公告送达"), "解释140",
         (DeliveryMethod.PUBLICATION,), simplified=True),
    Rule("published", _YES, _("自发出公告之日起经过三十日，视为送达"), "民诉法95；解释138",
         (DeliveryMethod.PUBLICATION,), (Outcome.OVER,)),
    # --- whatever nobody wrote a rule for delivers nothing ---
    Rule("unknown", _NO, _("这种送法没有这样的结果，请核对登记"), "民诉法87"),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
_HEADS = {
    Effect.DELIVERED: _("算送达"),
    Effect.PRESUMED: _("推定送达"),
    Effect.NOT: _("还没有送达"),
}


_NUMBERS = re.compile(r"([0-9]+(?:、[0-9]+)*)")
"""The numbers of articles in a short source: 民诉法87、88 is read as 民诉法第87、88条."""


def in_words(code: str) -> str:
    """Delivered or not, the reason and the articles, for people; "" for no rule."""
    if not code:
        return ""
    found = BY_CODE[code]
    return gettext("%(head)s：%(words)s（%(article)s）") % {
        "head": _HEADS[found.effect],
        "words": found.words,
        "article": _NUMBERS.sub(r"第\1条", found.article),
    }


def ruling_on(attempt: Attempt, kind: Kind) -> Ruling:
    """What this attempt is worth."""
    return Ruling(attempt, next(rule for rule in RULES if rule.fits(attempt, kind)))


def first_that_counts(attempts: Iterable[Attempt], kind: Kind) -> Ruling | None:
    """The ruling that delivers the paper: of those that count the earliest, a certain one before a presumed one of the same
    moment; None when the paper is not delivered yet."""
    good = [ruling for ruling in (ruling_on(attempt, kind) for attempt in attempts) if ruling.counts]
    return min(good, key=lambda ruling: (ruling.attempt.at, ruling.rule.effect), default=None)


def outcomes_of(method: DeliveryMethod) -> list[Outcome]:
    """What a clerk can say of an attempt by this way, signatures first; nothing where the system itself knows."""
    if method in (DeliveryMethod.INBOX, DeliveryMethod.PUBLICATION):
        return []
    if method == DeliveryMethod.POST:
        signed = [
            Outcome.SELF,
            Outcome.FAMILY,
            Outcome.OFFICE,
            Outcome.AGENT,
            Outcome.COLLECTOR,
            Outcome.SOMEBODY,
        ]
        return [*signed, Outcome.REFUSED, Outcome.WRONG_ADDRESS, Outcome.MOVED, Outcome.UNCLAIMED]
    if method == DeliveryMethod.FORWARDED:
        return [Outcome.SELF, Outcome.NOBODY]
    signed = [Outcome.SELF, Outcome.FAMILY, Outcome.OFFICE, Outcome.AGENT, Outcome.COLLECTOR]
    if method == DeliveryMethod.COUNTER:
        return [*signed, Outcome.AT_COURT]
    return [*signed, Outcome.LEFT, Outcome.NOT_LEFT, Outcome.NOBODY]
