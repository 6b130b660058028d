"""Loads courts, causes, type codes and the holiday table from ``courts/data`` into the database."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from courts.models import CaseType, Cause, CauseVersion, Court, CourtDay, CourtLevel

DATA = Path(__file__).resolve().parent / "data"
LEVELS = {
    "最高": CourtLevel.SUPREME,
    "高级": CourtLevel.HIGH,
    "中级": CourtLevel.INTERMEDIATE,
    "基层": CourtLevel.BASIC,
}
CAUSE_FILES = {
    CauseVersion.CIVIL_2025: "causes.csv",
    CauseVersion.CIVIL_2020: "causes-2020.csv",
    CauseVersion.ADMINISTRATIVE: "causes-administrative.csv",
}
DEMO_COURTS = (
    ("某", "某省高级人民法院", CourtLevel.HIGH, "", "最高法"),
    ("某12", "某省某市中级人民法院", CourtLevel.INTERMEDIATE, "某市", "某"),
    ("某1234", "某省某市示例区人民法院", CourtLevel.BASIC, "某市", "某12"),
    ("某1235", "某省某市样本县人民法院", CourtLevel.BASIC, "某市", "某12"),
)
"""Invented courts of the demo and the tests (法院代字 某 exists in no province)."""


@transaction.atomic
def load() -> dict[str, int]:
    """Insert or update every row of the files; returns rows per table. Safe to repeat.

    What a court has changed itself (address, phone, whether it is open, its own days) is left alone.
    """
    return {
        "courts": _load_courts(),
        "causes": sum(_load_causes(version, name) for version, name in CAUSE_FILES.items()),
        "case types": _load_case_types(),
        "calendar days": _load_days(),
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _load_courts() -> int:
    courts = [
        (
            Court(
                code=row["code"],
                name=row["name"],
                level=LEVELS[row["level"]],
                city=row["city"],
                division_code=row["division_code"],
                former_codes=row["former_codes"].split("|") if row["former_codes"] else [],
                note=row["note"],
            ),
            row["parent_code"],
        )
        for row in _rows("courts.csv")
    ]
    if settings.PORTAL_MODE != "production":
        courts += [
            (Court(code=code, name=name, level=level, city=city, is_open=True), parent)
            for code, name, level, city, parent in DEMO_COURTS
        ]
    ids: dict[str, int] = {}
    for level in CourtLevel:
        batch = [court for court, _parent in courts if court.level == level]
        for court, parent in courts:
            if court.level == level and parent:
                court.parent_id = ids[parent]
        written = Court.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "level", "city", "parent", "division_code", "former_codes", "note"],
        )
        ids |= {court.code: court.pk for court in written}
    return len(courts)


def _load_causes(version: CauseVersion, file_name: str) -> int:
    offset = list(CAUSE_FILES).index(version) * 10_000
    causes: list[tuple[Cause, str]] = []
    for position, row in enumerate(_rows(file_name), start=offset + 1):
        cause = Cause(
            code=row["code"],
            version=version,
            level=int(row["level"]),
            number=row.get("number", ""),
            name=row["name"],
            in_2020_version=row.get("in_2020_version") == "Y" or version == CauseVersion.CIVIL_2020,
            sort_order=position,
        )
        causes.append((cause, row["parent_code"]))
    ids: dict[str, int] = {}
    for level in sorted({cause.level for cause, _parent in causes}):
        batch = []
        for cause, parent in causes:
            if cause.level == level:
                cause.parent_id = ids[parent] if parent else None
                batch.append(cause)
        written = Cause.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["version", "level", "number", "name", "in_2020_version", "sort_order", "parent"],
        )
        ids |= {cause.code: cause.pk for cause in written}
    return len(causes)


def _load_case_types() -> int:
    kinds = [
        CaseType(
            class_code=class_code,
            class_name=row["class_name"],
            case_type=row["case_type"],
            type_code=row["type_code"],
            portal_relevant=row["portal_relevant"] == "Y",
            fee_rule_hint=row["fee_rule_hint"],
            verification=row["verification"],
            note=row["note"],
        )
        for class_code, row in _with_class_codes(_rows("case-type-codes.csv"))
    ]
    fields = [field.name for field in CaseType._meta.fields if field.name not in ("id", "class_code")]
    CaseType.objects.bulk_create(
        kinds, update_conflicts=True, unique_fields=["class_code"], update_fields=fields
    )
    return len(kinds)


def _with_class_codes(rows: Iterable[dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Pre-suit types (诉前程序) have no number in the national standard: Q01, Q02 … here."""
    unnumbered = 0
    for row in rows:
        if not row["class_code"]:
            unnumbered += 1
        yield row["class_code"] or f"Q{unnumbered:02}", row


def _load_days() -> int:
    table = json.loads((DATA / "holidays-cn.json").read_text("utf-8"))
    sources = table["meta"]["sources"]
    days = [
        CourtDay(
            day=date.fromisoformat(text),
            is_workday=kind == "work",
            name=table["names"][text],
            source=(sources.get(text[:4]) or sources[str(int(text[:4]) + 1)])[0],
        )
        for kind in ("off", "work")
        for text in table[kind]
    ]
    CourtDay.objects.bulk_create(
        days,
        update_conflicts=True,
        unique_fields=["court", "day"],
        update_fields=["is_workday", "name", "source"],
    )
    return len(days)
