"""Applications of other kinds: a company with its lawyer, an enforcement, three workers with one case each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import IdKind, User
from cases.models import Case, PartyKind, Side
from common.actor import Actor
from courts.models import Cause, Court
from filing import services
from filing.models import AgentKind, Capacity, Filing, Power
from filing.precheck import cause_named
from portal.demo.cast import Person, as_litigant
from portal.demo.loan import photo

COMPANY: dict[str, Any] = {
    "kind": PartyKind.LEGAL,
    "name": "某某商贸有限公司",
    "id_kind": IdKind.USCC,
    "id_number": "91350100M000100Y43",
    "legal_representative": "林某",
    "organisation_type": "有限责任公司",
    "ownership": "民营",
    "phone": "13800000019",
    "address": "某省某市示例区商业街1号",
}
BUYER = {"kind": PartyKind.LEGAL, "name": "某某建材有限公司", "address": "某省某市示例区工业路9号"}
EMPLOYER = {"kind": PartyKind.LEGAL, "name": "某某建筑劳务有限公司", "address": "某省某市示例区环城路66号"}
LAWYER: dict[str, Any] = {
    "kind": AgentKind.LAWYER,
    "firm": "某某律师事务所",
    "licence": "11301200810123456",
    "power": Power.SPECIAL,
}


def person_values(person: Person, **more: Any) -> dict[str, Any]:
    """Values of one natural plaintiff."""
    values = {
        "kind": PartyKind.NATURAL,
        "name": person.name,
        "gender": person.gender,
        "ethnicity": "汉族",
        "id_kind": IdKind.ID_CARD,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
    }
    return values | more


def _cause(name: str) -> Cause:
    found = cause_named(name)
    if found is None:
        raise LookupError(name)
    return found


def _fill(
    filing: Filing, actor: Actor, pages: dict[str, dict[str, Any]], slots: dict[str, list[str]]
) -> Filing:
    for page, values in pages.items():
        services.save_page(filing_id=filing.pk, page=page, values=values, actor=actor)
    for slot, lines in slots.items():
        upload = photo(lines, f"{lines[0][:8]}.jpg")
        services.add_material(filing_id=filing.pk, slot=slot, upload=upload, actor=actor)
    return services.save_delivery(filing_id=filing.pk, e_delivery=True, actor=actor)


def company_sale(*, court: Court, user: User, lawyer: Person, today: date) -> Filing:
    """A trading company sues for the price of goods; its lawyer files and agrees to papers in his inbox."""
    actor, cause = as_litigant(user), _cause("买卖合同纠纷")
    delivered = today - timedelta(days=160)
    new = services.Beginning(
        court, cause, "sale", {"what": "sale", "who": "legal", "amount": "126000"}, capacity=Capacity.AGENT
    )
    filing = services.begin_filing(new=new, actor=actor)
    services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=COMPANY, actor=actor)
    services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=BUYER, actor=actor)
    himself = LAWYER | {"name": lawyer.name, "phone": lawyer.phone}
    services.save_agent(filing_id=filing.pk, values=himself, actor=actor)
    pages: dict[str, dict[str, Any]] = {
        "price": {"price_owed": "126000.00"},
        "interest": {"interest_claimed": "否"},
        "damages": {"damages_claimed": "否"},
        "defects": {"defects_claimed": "否", "contract_fate": "都不要"},
        "extras": {"court_costs": "是"},
        "total": {"total_amount": "126000.00"},
        "contract": {
            "contract_facts": f"{delivered.year}年{delivered.month}月在某市签订钢材购销合同。",
            "seller": COMPANY["name"],
            "buyer": BUYER["name"],
        },
        "goods": {"goods": [{"name": "螺纹钢", "spec": "HRB400 18mm", "quantity": "30吨"}]},
        "price_terms": {"contract_price": "126000.00", "price_method": ["转账"], "price_times": "一次性"},
        "performance": {
            "performance_facts": f"{delivered.month}月{delivered.day}日送货30吨，对方签收，至今没有付款。",
            "late": "是",
            "late_days": "120",
            "urged": "是",
            "urged_on": (today - timedelta(days=60)).isoformat(),
            "urged_how": "发函和微信",
        },
        "quality": {"quality_dispute": "否"},
        "security": {"mortgage": "否"},
        "reasons": {"legal_basis": "合同的约定；民法典第五百七十九条、第六百二十六条"},
        "jurisdiction": {"preserved": "否"},
        "mediation": {"wants_mediation": "否"},
    }
    sheets = {
        "LICENSE": ["营业执照（演示样张）", COMPANY["name"], COMPANY["id_number"]],
        "REP_CERT": ["法定代表人身份证明书", "林某系本公司法定代表人"],
        "POA": ["授权委托书", f"委托{lawyer.name}为特别授权代理人"],
        "LAWYER_LETTER": ["律师事务所公函", LAWYER["firm"]],
        "LAWYER_LICENSE": ["律师执业证（演示样张）", LAWYER["licence"]],
        "CONTRACT": ["钢材购销合同", "螺纹钢30吨 合计126000元"],
        "DELIVERY": ["送货单", "螺纹钢30吨 收货人签字"],
    }
    return _fill(filing, actor, pages, sheets)


def wage_group(
    *, court: Court, user: User, people: list[Person], today: date, separate: bool = True
) -> Filing:
    """Workers claim their wages from one employer in one application; the first of ``people`` is the account."""
    actor, cause = as_litigant(user), _cause("追索劳动报酬纠纷")
    sums = [12000 + 1500 * number for number in range(len(people))]
    new = services.Beginning(
        court,
        cause,
        "labour",
        {"what": "labour", "work_claim": "wages", "arbitrated": "yes"},
        capacity=Capacity.DEPUTY,
    )
    filing = services.begin_filing(new=new, actor=actor)
    rows = [
        person_values(person, claim="2026年1月至3月的工资", claim_amount=amount)
        for person, amount in zip(people, sums, strict=True)
    ]
    services.add_people(filing_id=filing.pk, side=Side.PLAINTIFF, rows=rows, actor=actor)
    services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=EMPLOYER, actor=actor)
    services.save_group(filing_id=filing.pk, separate_cases=separate, deputies=[], actor=actor)
    total = f"{sum(sums)}.00"
    pages: dict[str, dict[str, Any]] = {
        "wages": {"wages_claimed": "是", "wages": [{"period": "2026年1月至3月", "amount": total}]},
        "costs": {"court_costs": "是"},
        "total": {"total_amount": total},
        "contract": {"contract_signed": "没签过", "contract_facts": "没有签书面合同，由工地负责人招用。"},
        "job": {
            "joined_on": (today - timedelta(days=330)).isoformat(),
            "employer": EMPLOYER["name"],
            "position": "钢筋工",
            "workplace": "某市示例区某某小区工地",
        },
        "pay": {"real_wage": "4000.00"},
        "ended": {
            "ended": "是",
            "ended_on": (today - timedelta(days=200)).isoformat(),
            "ended_reason": "工程停工，没有给补偿",
        },
        "injury": {"injury": "否"},
        "arbitration": {
            "arbitration_on": (today - timedelta(days=90)).isoformat(),
            "arbitration_claims": "支付拖欠的工资",
            "arbitration_result": "裁决书",
            "arbitration_number": "某劳人仲案（2026）第18号",
            "arbitration_received": (today - timedelta(days=9)).isoformat(),
        },
        "others": {"legal_basis": "劳动合同法第三十条；劳动法第五十条"},
        "jurisdiction": {"preserved": "否"},
        "mediation": {"wants_mediation": "是"},
    }
    sheets = {
        "ID_CARD": ["居民身份证（演示样张）", *[person.name for person in people[:6]]],
        "ARB": ["仲裁裁决书（演示样张）", "某劳人仲案（2026）第18号"],
        "ARB_SERVICE": ["送达回证（演示样张）", "裁决书已签收"],
        "CONTRACT": ["考勤表（演示样张）", EMPLOYER["name"]],
        "DEPUTY": ["推选代表人的书面材料", f"推选{people[0].name}为代表人"],
    }
    return _fill(filing, actor, pages, sheets)


def enforcement(*, court: Court, user: User, person: Person, against: str, case: Case, today: date) -> Filing:
    """Somebody applies for the enforcement of what was decided in ``case``."""
    actor = as_litigant(user)
    new = services.Beginning(
        court,
        case.cause,
        "enforcement",
        {"what": "enforcement", "basis": "court", "origin": case.number},
        procedure="EXEC_FIRST",
        origin_number=case.number,
        origin_case=case,
    )
    filing = services.begin_filing(new=new, actor=actor)
    services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=person_values(person), actor=actor)
    if not filing.parties.filter(side=Side.DEFENDANT).exists():
        other = {"kind": PartyKind.NATURAL, "name": against}
        services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=other, actor=actor)
    effective = (today - timedelta(days=40)).isoformat()
    pages: dict[str, dict[str, Any]] = {
        "document": {
            "document_kind": "判决书",
            "document_maker": court.name,
            "document_number": case.number,
            "effective_on": effective,
        },
        "calculation": {
            "sums": [
                {"item": "本金", "amount": "48000.00"},
                {"item": "利息", "basis": "年利率6%，一年", "amount": "2880.00"},
                {"item": "诉讼费", "amount": "536.00"},
            ]
        },
        "total": {"paid_already": "0.00", "total_amount": "51416.00"},
        "reasons": {
            "non_performance": "判决生效后多次催要，对方一直没有还。",
            "legal_basis": "生效法律文书；民事诉讼法第二百三十五条、第二百四十七条",
        },
        "property": {
            "property_known": "知道",
            "property_clues": [{"kind": "车辆", "where": "某A12345 小型轿车", "note": "平时开这辆车"}],
        },
    }
    sheets = {
        "ID_CARD": ["居民身份证（演示样张）", person.name],
        "JUDGMENT": ["民事判决书（演示样张）", case.number],
        "ACCOUNT": ["收款账户确认书", person.name],
    }
    return _fill(filing, actor, pages, sheets)
