"""Plans of corrections: which values of which rows, old and new (SEC-47, docs/adr/0025). What may not be mended this way is refused here.

A plan is JSON: ``{"why": "…", "changes": [{"table": "cases_party", "key": 12, "column": "name", "old": "张叁", "new": "张三"}]}``.
``key`` is the primary key; values are written as JSON writes them, days and amounts as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.models import Case
from cases.policies import live_access
from cases.services import case_stream
from common import crypto
from common.errors import Conflict, InvalidInput
from common.fields import EncryptedTextField
from common.two_people import SHORTEST_REASON
from courts.models import Court
from eventlog.guards import is_walled
from filing.models import Filing

MOST = 50
DEPTH = 4
"""How many foreign keys lie at most between a row and its case."""
STREAM = "portal:corrections"
"""Of rows that belong to no case and no application."""
OWN_WAYS = {"accounts", "eventlog", "portal"}
"""Apps whose rows are never mended so: accounts change with their owners, the trail and the corrections themselves never."""
OWN_TABLES = {"courts.staffpost", "documents.paper", "documents.copy"}
"""Posts are given and ended by two at their page; an issued paper is superseded by a corrected one."""
OWN_COLUMNS = {"public_id", "phone", "phone_index", "phone_origin"}
"""Names in addresses; phones on file, of whose change their holder is told (SEC-25)."""
CHAINED = ("hash", "digest", "sha256", "signature", "salt", "token", "secret", "_index")
"""Parts of names of columns that prove or find something else."""


@dataclass(frozen=True)
class Change:
    """One value of one row."""

    table: str
    key: int | str
    column: str
    old: Any
    new: Any

    @property
    def name(self) -> str:
        """Table and column, as the trail names them: no value, no row."""
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Plan:
    """What is to be changed and why."""

    why: str
    changes: tuple[Change, ...]

    def text(self) -> str:
        """Canonical JSON of it."""
        said = {"why": self.why, "changes": [asdict(change) for change in self.changes]}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


@dataclass
class Concerned:
    """Whose rows these are: courts, cases and applications by key, streams of the trail, accounts of people."""

    courts: set[int]
    cases: dict[int, Case]
    filings: dict[int, Filing]
    users: set[int]

    @property
    def streams(self) -> list[tuple[str, dict[str, int]]]:
        """Where it is put on record, with the keys that the event names."""
        found = [(case_stream(case), {"case_id": pk}) for pk, case in sorted(self.cases.items())]
        found += [
            (f"filing:{filing.public_id}", {"filing_id": pk}) for pk, filing in sorted(self.filings.items())
        ]
        return found or [(STREAM, {})]


def read(text: str) -> Plan:
    """A plan from its file. InvalidInput says what is wrong with it: form, a table or column that is not mended so."""
    try:
        said = json.loads(text)
        changes = tuple(Change(**{**row, "table": _table(row["table"])}) for row in said["changes"])
        plan = Plan(str(said["why"]).strip(), changes)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput(_("更正文件读不懂：%(error)s") % {"error": error}) from error
    if not SHORTEST_REASON <= len(plan.why) <= 200:
        raise InvalidInput(_("请在 why 里写清楚为什么要更正，4到200个字。"))
    if not 0 < len(changes) <= MOST:
        raise InvalidInput(_("一份更正文件写1到%(most)s处。") % {"most": MOST})
    if len({(change.name, str(change.key)) for change in changes}) < len(changes):
        raise InvalidInput(_("同一行的同一列写了两次。"))
    for change in changes:
        _field(change)
    return plan


def _table(named: str) -> str:
    """The table's own name, of a table or of ``app.model``. InvalidInput when it is not mended here."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if named.lower() not in (model._meta.db_table, label, model._meta.db_table.replace('"', "")):
            continue
        app = label.partition(".")[0]
        if is_walled(model) or app == "complaints":
            raise InvalidInput(_("投诉举报区的记录不能这样更正。"))
        if getattr(model, "append_only", False):
            words = _("“%(table)s”只能追加，不能改；请补一条更正的记录。") % {"table": model._meta.db_table}
            raise InvalidInput(words)
        if app in OWN_WAYS or label in OWN_TABLES or not _is_ours(model) or _is_decided_by_two(model):
            words = _("“%(table)s”不能这样更正，它有自己的办法。") % {"table": model._meta.db_table}
            raise InvalidInput(words)
        return model._meta.db_table
    raise InvalidInput(_("没有“%(table)s”这张表。") % {"table": named})


def _is_ours(model: type[models.Model]) -> bool:
    """Tables of Django and of libraries are theirs."""
    here = apps.get_app_config("portal").path.rpartition("/")[0]
    return model._meta.app_config.path.startswith(here) and "/.venv/" not in model._meta.app_config.path


def _is_decided_by_two(model: type[models.Model]) -> bool:
    """What two people decided stays as they left it."""
    return any(rule.name.endswith("second_person") for rule in model._meta.constraints)


def model_of(table: str) -> type[models.Model]:
    """The model of a table that a plan names."""
    return next(one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table)


def _field(change: Change) -> Any:
    """The model's field. InvalidInput for a column that there is not, or that is not mended so."""
    options, name = model_of(change.table)._meta, change.column
    found = next((one for one in options.concrete_fields if name in (one.name, one.column)), None)
    if found is None:
        raise InvalidInput(_("“%(table)s”没有“%(column)s”这一列。") % {"table": change.table, "column": name})
    chained = any(part in str(found.column) for part in CHAINED)
    beside = any(one.column == f"{found.column}_index" for one in options.concrete_fields)
    unknown = isinstance(found, EncryptedTextField) and beside and found.column != "id_number"
    if found.primary_key or found.column in OWN_COLUMNS or chained or unknown:
        words = _("“%(column)s”不能这样更正：它是编号、证明或者另有办法的一列。") % {"column": change.name}
        raise InvalidInput(words)
    return found


def words_of(name: str) -> str:
    """Table and column as people call them; of an event, also after a column went."""
    table, _dot, column = name.partition(".")
    try:
        options = model_of(table)._meta
        field: Any = next(one for one in options.concrete_fields if column in (one.name, one.column))
    except (StopIteration, FieldDoesNotExist):
        return name
    return _("%(table)s：%(column)s") % {"table": options.verbose_name, "column": field.verbose_name}


def shown(plan: Plan) -> list[dict[str, Any]]:
    """Before and after of each value, for a page or a terminal."""
    return [
        {
            "what": words_of(one.name),
            "place": f"{one.table} {one.key}",
            "values": [
                {"label": _("原来"), "value": _said(one.old)},
                {"label": _("改成"), "value": _said(one.new)},
            ],
        }
        for one in plan.changes
    ]


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def rows_of(plan: Plan) -> dict[tuple[str, str], models.Model]:
    """The rows by table and key, locked one after the other in this order. Inside a transaction. InvalidInput when one is missing."""
    found: dict[tuple[str, str], models.Model] = {}
    for place in sorted({(one.table, str(one.key)) for one in plan.changes}):
        manager = model_of(place[0])._base_manager
        try:
            found[place] = manager.select_for_update(of=("self",), no_key=True).get(pk=place[1])
        except (models.ObjectDoesNotExist, ValueError, ValidationError) as error:
            words = _("“%(table)s”没有编号“%(key)s”的一行。") % {"table": place[0], "key": place[1]}
            raise InvalidInput(words) from error
    return found


def write(plan: Plan, rows: dict[tuple[str, str], models.Model]) -> None:
    """Set the new values in locked rows and in the database. Conflict when one of the old values does not hold any more,
    InvalidInput for a new value that the column does not take. The caller's transaction catches what the database refuses.
    """
    changed: dict[tuple[str, str], dict[str, Any]] = {}
    for one in plan.changes:
        row, field = rows[one.table, str(one.key)], _field(one)
        if getattr(row, field.attname) != _value(field, one.old):
            words = _("“%(what)s”现在已经不是更正文件里的原值，没有改。请重新核对。")
            raise Conflict(words % {"what": words_of(one.name)}, code="old_value_gone")
        try:
            new = field.clean(_value(field, one.new), row)
        except ValidationError as error:
            words = _("“%(what)s”不能写成这个值：%(why)s")
            said = {"what": words_of(one.name), "why": "；".join(error.messages)}
            raise InvalidInput(words % said) from error
        values = changed.setdefault((one.table, str(one.key)), {})
        values |= {field.attname: new} | _found_by(row, field, new)
    for (table, key), values in changed.items():
        model_of(table)._base_manager.filter(pk=key).update(**values)
        for name, value in values.items():
            setattr(rows[table, key], name, value)


def _value(field: Any, said: Any) -> Any:
    """What JSON says, as the column has it. InvalidInput for nonsense."""
    try:
        target = field.target_field if field.is_relation else field
        return None if said is None else target.to_python(said)
    except ValidationError as error:
        raise InvalidInput(_("值不对：%(why)s") % {"why": "；".join(error.messages)}) from error


def _found_by(row: models.Model, field: Any, new: Any) -> dict[str, Any]:
    """The columns by which an encrypted number is looked up change with it."""
    if field.column != "id_number":
        return {}
    said = new or ""
    last_six = crypto.blind_index("id_last_six", said[-6:].upper()) if len(said) >= 6 else ""
    values = {"id_number_index": crypto.blind_index("id_number", said), "id_last_six_index": last_six}
    return {name: value for name, value in values.items() if hasattr(row, name)}


def concerned_by(rows: Iterable[models.Model]) -> Concerned:
    """Whose these rows are: the nearest cases and applications behind their foreign keys, their courts and people."""
    found = Concerned(set(), {}, {}, set())
    for row in rows:
        _collect(row, found)
    for filing in list(found.filings.values()):
        found.users.add(filing.applicant_id)
        found.courts.add(filing.deciding_court_id)
        for case in Case.objects.filter(filing_public_id=filing.public_id):
            found.cases[case.pk] = case
            found.filings.pop(filing.pk, None)
    found.courts |= {case.court_id for case in found.cases.values()}
    parties = live_access().filter(party__case__in=list(found.cases))
    found.users |= set(parties.values_list("user_id", flat=True))
    return found


def _collect(row: models.Model, found: Concerned) -> None:
    """Breadth first over foreign keys; stops at the first depth that leads to a case or an application."""
    level, courts = [row], set[int]()
    for _step in range(DEPTH + 1):
        further: list[models.Model] = []
        hit = False
        for one in level:
            hit |= _take(one, found)
            courts |= _courts_of(one)
            further += [
                getattr(one, field.name)
                for field in one._meta.concrete_fields
                if field.is_relation and getattr(one, field.attname) is not None and _leads_on(field)
            ]
        if hit or not further:
            break
        level = further
    if not hit:
        found.courts |= courts


def _leads_on(field: Any) -> bool:
    return field.related_model._meta.app_label not in ("accounts", "courts", "guides")


def _courts_of(row: models.Model) -> set[int]:
    if isinstance(row, Court):
        return {row.pk}
    court = getattr(row, "court_id", None)
    return {court} if court else set()


def _take(row: models.Model, found: Concerned) -> bool:
    """Whether this row is a case or an application, or names one without a foreign key; its people are noted."""
    for field in row._meta.concrete_fields:
        target: Any = field.related_model
        if target is not None and target._meta.label_lower == "accounts.user":
            account = getattr(row, field.attname)
            found.users |= {account} if account else set()
    if isinstance(row, Filing):
        found.filings[row.pk] = row
        return True
    cases = Case.objects.none()
    if isinstance(row, Case):
        cases = Case.objects.filter(pk=row.pk)
    elif getattr(row, "subject_kind", "") == "cases.case":
        cases = Case.objects.filter(public_id=row.subject_public_id)  # type: ignore[attr-defined]
    elif isinstance(getattr(row, "case_id", None), int):
        cases = Case.objects.filter(pk=row.case_id)  # type: ignore[attr-defined]
    found.cases |= {case.pk: case for case in cases}
    return bool(cases)
