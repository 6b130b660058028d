"""A complete invented loan dispute: the answers of the form, the people, photographs of papers."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from accounts.models import IdKind, User
from cases.models import PartyKind, Side
from common.actor import Actor
from courts.models import Cause, CauseVersion, Court
from filing import services
from filing.models import Filing
from portal.demo.cast import Person, as_litigant

FORM = "private_lending"


def answers(
    *, principal: int, interest: int, lent_on: date, lender: str, borrower: str
) -> dict[str, dict[str, Any]]:
    """Answers by page for a loan of ``principal`` yuan that fell due a year after ``lent_on``."""
    due_on = lent_on + timedelta(days=365)
    money = f"{Decimal(principal):.2f}"
    return {
        "principal": {"principal_as_of": due_on.isoformat(), "principal": money},
        "interest": {
            "interest_claimed": "是" if interest else "否",
            **(
                {
                    "interest_as_of": due_on.isoformat(),
                    "interest_amount": f"{Decimal(interest):.2f}",
                    "interest_until_paid": "是",
                    "interest_method": "按借条约定的年利率6%计算",
                }
                if interest
                else {}
            ),
        },
        "early": {"early_repayment": "否"},
        "extras": {"security_claimed": "否", "realisation_claimed": "否", "court_costs": "是"},
        "total": {"total_amount": f"{Decimal(principal + interest):.2f}"},
        "contract": {
            "contract_facts": f"{lent_on.year}年{lent_on.month}月{lent_on.day}日在某市示例区，对方写下借条一张。",
            "lender": lender,
            "borrower": borrower,
        },
        "amount": {
            "agreed_amount": money,
            "paid_amount": money,
            "pay_method": ["转账"],
            "paid_on": lent_on.isoformat(),
            "paid_on_amount": money,
        },
        "term": {"is_due": "是", "term_from": lent_on.isoformat(), "term_to": due_on.isoformat()},
        "rate": {"rate": "6", "rate_clause": "借条第2行", "repay_method": "到期一次性还本付息"},
        "repaid": {
            "repaid_principal": "0.00",
            "repaid_interest": "0.00",
            "overdue": "是",
            "overdue_since": due_on.isoformat(),
        },
        "security": {"mortgage": "否", "guarantee": "否", "other_security": "否"},
        "reasons": {"legal_basis": "借条的约定；民法典第六百六十七条、第六百七十五条、第六百七十六条"},
        "jurisdiction": {"jurisdiction_agreed": "无", "preserved": "否"},
        "mediation": {
            "knows_mediation": "了解",
            "knows_benefits": "了解",
            "wants_mediation": "暂不确定，想要了解更多内容",
        },
    }


def photo(lines: list[str], name: str) -> SimpleUploadedFile:
    """A JPEG that looks like a photographed sheet with these lines."""
    image = Image.new("RGB", (1200, 1600), (214, 208, 196))
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 110, 1110, 1490), fill=(252, 250, 244), outline=(200, 195, 185), width=3)
    font = _font()
    for number, line in enumerate(lines):
        draw.text((160, 200 + number * 110), line, fill=(32, 34, 40), font=font)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/jpeg")


def _font() -> ImageFont.FreeTypeFont:
    """Any of the fonts that papers are set in."""
    fonts = sorted(
        path for path in Path(settings.FONT_DIR).iterdir() if path.suffix in (".ttf", ".otf", ".ttc")
    )
    return ImageFont.truetype(str(fonts[0]), 52)


def loan_cause() -> Cause:
    """民间借贷纠纷 of the version in force."""
    return Cause.objects.filter(name="民间借贷纠纷", version=CauseVersion.CIVIL_2025).order_by("-level")[0]


def draft_loan(
    *,
    court: Court,
    user: User,
    me: Person,
    other: Person | str,
    principal: int,
    interest: int,
    lent_on: date,
    e_delivery: bool = True,
    without: tuple[str, ...] = (),
) -> Filing:
    """A draft with everything filled in except the pages and slots named in ``without``."""
    actor = as_litigant(user)
    other_name = other if isinstance(other, str) else other.name
    precheck = {
        "what": FORM,
        "who": "natural",
        "amount": str(principal + interest),
        "due": "recent",
        "court": court.code,
    }
    filing = services.start_filing(actor=actor, court=court, cause=loan_cause(), form=FORM, precheck=precheck)
    services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=_values(me), actor=actor)
    their = _values(other) if isinstance(other, Person) else {"kind": PartyKind.NATURAL, "name": other}
    services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=their, actor=actor)
    pages = answers(
        principal=principal, interest=interest, lent_on=lent_on, lender=me.name, borrower=other_name
    )
    for page, values in pages.items():
        if page not in without:
            services.save_page(filing_id=filing.pk, page=page, values=values, actor=actor)
    _add_photos(filing, actor, me, other_name, principal, lent_on, without)
    return services.save_delivery(filing_id=filing.pk, e_delivery=e_delivery, actor=actor)


def _values(person: Person) -> dict[str, Any]:
    return {
        "kind": PartyKind.NATURAL,
        "name": person.name,
        "gender": person.gender,
        "ethnicity": "汉族",
        "id_kind": IdKind.ID_CARD,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
    }


def _add_photos(
    filing: Filing,
    actor: Actor,
    me: Person,
    other: str,
    principal: int,
    lent_on: date,
    without: tuple[str, ...],
) -> None:
    sheets = {
        "ID_CARD": ["居民身份证（演示样张）", f"姓名  {me.name}", f"住址  {me.address[:14]}"],
        "IOU": [
            "借  条",
            f"今借到{me.name}人民币{principal}元整，",
            "年利率6%，借期一年。",
            f"借款人：{other}",
            f"{lent_on:%Y年%m月%d日}",
        ],
        "TRANSFER": [
            "转账电子回单（演示样张）",
            f"收款人：{other}",
            f"金额：{principal}.00 元",
            f"{lent_on:%Y-%m-%d}",
        ],
    }
    for slot, lines in sheets.items():
        if slot not in without:
            upload = photo(lines, f"{lines[0][:2]}.jpg")
            services.add_material(filing_id=filing.pk, slot=slot, upload=upload, actor=actor)
