"""What a person reads before choosing how papers reach him, with its version and articles (R-40, R-45).

A changed sentence is a new version: the rows of ``cases.ServiceChoice`` keep the version and the text that was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Lines = tuple[str | Promise, ...]


@dataclass(frozen=True)
class Wording:
    """Sentences about the inbox, about paper and about the confirmed address, in the order of the page."""

    version: str
    electronic: Lines
    paper: Lines
    address: Lines

    def said(self, *, electronic: bool, address: bool) -> str:
        """What was read before this choice, one sentence a line."""
        lines = self.electronic if electronic else self.paper
        return "\n".join(str(line) for line in (*lines, *(self.address if address else ())))


CURRENT = Wording(
    version="2026-11",
    electronic=(
        _("文书到收件箱那天就算送达，从那天起算期限。（在线诉讼规则第三十一条）"),
        _("短信只是提醒，没收到短信也算送达。（在线诉讼规则第三十二条）"),
        _("收到以后可以再要一份纸质的。（民事诉讼法第九十条）"),
        _("随时可以改成寄纸质的，改以前送达的仍然算数。"),
    ),
    paper=(_("文书寄到您的地址，邮寄要多花几天。您签收那天算送达。（民事诉讼法第九十一条）"),),
    address=(
        _("法院按您确认的地址和电话寄。变了请马上在这里改，或者写给法院。"),
        _(
            "地址不准确、变了没有告诉法院，或者您和代收人拒收，文书被退回的，"
            "退回那天就算送达。（法院专递规定第十一条）"
        ),
        _("以后上诉、申请再审、申请执行，没有书面改的，法院可以继续用这个地址。（民诉法解释第一百三十七条）"),
    ),
)


def _together(lines: Lines) -> str | Promise:
    words: str | Promise = format_lazy("{}" * len(lines), *lines)
    return words


HINTS = {"yes": _together(CURRENT.electronic), "no": _together(CURRENT.paper)}
"""The same beside the two answers of a form."""
