"""Reads over courts, causes and type codes. All of it is public reference data, except where said."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from common import case_numbers, clock
from courts.models import CaseType, Cause, CauseVersion, Court, CourtSetting
from courts.settings import SETTINGS, read

FEE_BASE = "fee_base."
CURRENT_CIVIL_CAUSES_FROM = date(2026, 1, 1)
"""法〔2025〕226号: filings from this day use the causes of 2025."""


def court_by_code(code: str) -> Court | None:
    """The court of a 法院代字, also of a former one (法〔2015〕137号 art. 13)."""
    return Court.objects.filter(Q(code=code) | Q(former_codes__contains=[code])).order_by("code").first()


def parse_case_number(text: str) -> case_numbers.ParsedNumber:
    """Read a 案号 against the tables; two to three queries, more for an old-style number."""
    return case_numbers.parse(
        text,
        this_year=clock.today().year,
        find_court=_court_ref,
        find_type=_type_ref,
        demo=settings.PORTAL_MODE != "production",
    )


def _court_ref(code: str) -> case_numbers.CourtRef | None:
    court = court_by_code(code)
    return case_numbers.CourtRef(court.code, court.name, court.level) if court else None


def _type_ref(code: str) -> case_numbers.TypeRef | None:
    kinds = list(CaseType.objects.filter(type_code=code).values_list("case_type", flat=True))
    return case_numbers.TypeRef(code, "、".join(kinds)) if kinds else None


def search_courts(query: str = "", *, level: str = "") -> QuerySet[Court]:
    """Courts whose name, city or code contains the query; exact and former codes come first."""
    courts = Court.objects.select_related("parent")
    if level:
        courts = courts.filter(level=level)
    if not query:
        return courts.order_by("code")
    found = courts.filter(
        Q(name__icontains=query) | Q(city__icontains=query) | Q(code__istartswith=query)
        | Q(former_codes__contains=[query])
    )  # fmt: skip
    exact = Case(
        When(Q(code=query) | Q(name=query) | Q(former_codes__contains=[query]), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return found.order_by(exact, "code")


def open_courts() -> QuerySet[Court]:
    """Courts that are connected and take applications, by code."""
    return Court.objects.filter(is_open=True).order_by("code")


def open_court_names() -> list[str]:
    """What the connected courts are called. One query."""
    return list(open_courts().values_list("name", flat=True))


def cause_version_on(day: date) -> str:
    """The civil causes in force for a filing of that day."""
    return CauseVersion.CIVIL_2025 if day >= CURRENT_CIVIL_CAUSES_FROM else CauseVersion.CIVIL_2020


def search_causes(query: str = "", *, version: str = "", level: int | None = None) -> QuerySet[Cause]:
    """Causes whose name contains the query or whose code is it; the closest names and finest levels first.

    Without a version: the civil causes in force today and the administrative ones.
    """
    wanted = [version] if version else [cause_version_on(clock.today()), CauseVersion.ADMINISTRATIVE]
    causes = Cause.objects.select_related("parent__parent__parent")
    if not version and query and Cause.objects.filter(code__iexact=query).exists():
        return causes.filter(code__iexact=query).order_by("sort_order")
    causes = causes.filter(version__in=wanted)
    if level is not None:
        causes = causes.filter(level=level)
    if not query:
        return causes.order_by("version", "sort_order")
    closeness = Case(
        When(Q(name=query) | Q(name=f"{query}纠纷") | Q(code__iexact=query), then=Value(0)),
        When(name__istartswith=query, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = causes.filter(Q(name__icontains=query) | Q(code__iexact=query))
    return found.order_by(closeness, "version", "sort_order")


def cause_path(cause: Cause) -> list[str]:
    """Names from the first level down to the cause."""
    names: list[str] = []
    node: Cause | None = cause
    while node is not None:
        names.insert(0, node.name)
        node = node.parent
    return names


def base_fees(court: Court) -> dict[str, Decimal]:
    """The base fees a court has set, in yuan by fee item; what it has not set is missing. One query."""
    rows = CourtSetting.objects.filter(court=court, key__startswith=FEE_BASE).values_list("key", "value")
    parsed = ((key.removeprefix(FEE_BASE), read(key, value)) for key, value in rows if key in SETTINGS)
    return {item: base for item, base in parsed if base is not None}
