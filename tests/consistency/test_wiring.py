"""Everything that is declared is used, and everything that is used is declared. Reads code and templates, asks no page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.template import engines
from django.template.defaulttags import URLNode
from django.urls import Resolver404, get_resolver, resolve

from accounts.access import MATRIX, SCAN_ACTIONS
from common.flow import Flow
from complaints import paths
from courts.settings import SETTINGS
from eventlog.guards import append_only_models, is_walled
from eventlog.registry import HANDLERS, NAMES, Mode
from launcher.paths import ROOT
from portal.context import LINKS
from portal.desks import DESKS
from tests.consistency.addresses import of_resolver
from tests.consistency.code import APPS, sources, text, tracked, tree, words_in
from tests.support.moves import LATER

CHINESE = re.compile(r"[一-鿿]")


# -- events ------------------------------------------------------------------------------------------------------

SILENT = {
    "courts.outage_proposed": "the page of outages shows what waits",
    "courts.outage_entered": "everybody reads it at /outages/",
    "courts.outage_refused": "the page of outages shows it",
    "courts.outage_withdrawn": "the page of outages shows it",
    "courts.trail_release_proposed": "the page of the trail's witness shows what waits",
    "courts.trail_released": "the page of the trail's witness shows it",
    "courts.trail_release_refused": "the page of the trail's witness shows it",
    "courts.trail_release_withdrawn": "the page of the trail's witness shows it",
    "portal.correction_proposed": "the page of corrections shows what waits",
    "portal.correction_refused": "the page of corrections shows it",
    "portal.correction_withdrawn": "the page of corrections shows it",
    "portal.outgoing_held": "/readyz says so; an operator did it",
    "portal.outgoing_released": "on record only; an operator did it",
    "portal.retention_cleared": "on record only; how long is said on the pages",
    "portal.legal_hold_placed": "on record only; an operator did it",
    "portal.legal_hold_lifted": "on record only; an operator did it",
    "portal.incident_listed": "on record only; whoever has to tell people holds the list",
    "filing.draft_cleared": "the pages of the draft said so for ninety days",
    "courts.outage_recorded": "everybody reads it at /outages/",
    "documents.seal_in_use": "the page of seals shows it; the next papers carry it",
    "documents.seal_proposed": "the page of seals shows what waits",
    "documents.seal_refused": "the page of seals shows it",
    "eventlog.anchors_adopted": "`audit verify` names it; an operator did it",
    "portal.day_root_noted": "anchors hold it; everybody reads the roots",
    "documents.seal_withdrawn": "the page of seals shows it",
    "accounts.signed_up": "on record only",
    "accounts.signed_in": "on record only",
    "accounts.role_switched": "on record only",
    "accounts.factor_added": "the page of one's own ways shows it",
    "accounts.factor_ended": "the page of one's own ways shows it",
    "accounts.factor_reset_refused": "the administrators' page shows it",
    "accounts.factor_reset_withdrawn": "the administrators' page shows it",
    "accounts.sessions_ended": "the owner did it; the list shows it",
    "accounts.stepped_up": "on record only",
    "accounts.staff_invited": "the invitation is handed over in person",
    "accounts.password_ended": "its owner did it, or it ended with his phone, of which both numbers are told",
    "cases.phone_followed": "the owner was told of the change itself",
    "accounts.kiosk_marked": "on record only",
    "accounts.disabled": "its owner cannot sign in any more, and the court's page shows it",
    "accounts.enabled": "its owner asked for it",
    "courts.staff_changed": "the page of people shows it, and its owner's desks",
    "courts.staff_change_refused": "the page of people shows it",
    "courts.staff_change_withdrawn": "the page of people shows it",
    "accounts.recovery_made": "the codes are shown at once",
    "accounts.recovery_used": "the page of one's own ways says how many are left",
    "accounts.organisation_registered": "the page shows it at once",
    "accounts.member_asked": "the page of one's organisations shows the offer",
    "accounts.member_joined": "the organisation's page shows it",
    "accounts.token_issued": "the page shows it at once",
    "accounts.token_revoked": "on record only",
    "filing.batch_started": "on record only",
    "filing.batch_confirmed": "the page shows the progress",
    "filing.batch_cancelled": "the applicant did it",
    "filing.visits_opened": "the page of free appointments reads the rows",
    "filing.visit_ended": "on record only",
    "filing.keyed": "the person is there; the slip tells",
    "documents.wording_proposed": "the page of wordings shows what waits",
    "documents.wording_approved": "the next papers carry it",
    "documents.wording_refused": "the page of wordings shows it",
    "documents.wording_withdrawn": "on record only",
    "cases.authority_confirmed": "the page of agents shows it",
    "cases.participant_added": "the notice that is drafted for him is what he hears of",
    "cases.participant_ended": "on record only",
    "cases.draft_started": "who writes is there",
    "cases.draft_submitted": "the day page of judge or head reads the rows",
    "cases.draft_taken_back": "the day page of judge or head reads the rows",
    "cases.draft_returned": "the case page shows it to who writes",
    "cases.draft_approved": "the paper that is issued with it is what people hear of",
    "cases.draft_discarded": "on record only",
    "cases.read_with_reason": "access stream; the case page shows it to judge and parties, the list to the discipline office",
    "courts.setting_changed": "on record only",
    "courts.post_started": "on record only",
    "documents.paper_asked": "the copy that follows lies in the queue of the print desk",
    "documents.office_kept": "an address book; letters keep what they say",
    "documents.delivery_failed": "the print desk shows it in a view of its own",
    "documents.opened": "access stream only",
    "casefiles.corrected": "the catalogue reads the rows",
    "casefiles.sealed": "policies ask the rows on each request",
    "casefiles.unsealed": "policies ask the rows on each request",
    "casefiles.archived": "policies ask the row on each request",
    "casefiles.reading_asked": "the desk's list reads the rows",
    "casefiles.exported": "access stream; the receipt lies in the file itself",
    "casefiles.opened": "access stream; the parties read it in their list",
    "documents.recovered": "the list of damaged files reads the rows",
    "portal.closing_asked": "the desk's list reads the rows",
    "portal.closing_proposed": "the desk's list reads the rows",
    "portal.closing_withdrawn": "the desk's list reads the rows",
    "portal.account_closed_again": "nothing is left to send it to; an operator did it",
    "assistance.asked": "the service desk's list reads the rows",
    "assistance.called": "on record only",
    "assistance.cancelled": "the service desk's list reads the rows",
    "courts.leave_ended": "who is back finds the questions on the day page and in the digest",
    "courts.leave_set": "the deputy finds the questions on the day page and in the digest",
    "feedback.rework_done": "the supervisor's list shows the state",
    "feedback.suggested": "the supervisor's desk shows it",
    "feedback.suggestion_handled": "on record only",
    "feedback.survey_opened": "who was drawn is invited one by one",
    "feedback.noted": "internal",
    "feedback.exported": "access stream only",
    "feedback.template_kept": "the next answer offers it",
    "filing.started": "on record only",
    "filing.material_followed": "the clerk's page says so, and what it showed before decides nothing",
    "filing.claimed": "on the timeline of the desk",
    "filing.mediation_declined": "the applicant said so; the review goes on as before",
    "filing.defence_passed_on": "the judge or clerk noted it; it stands on the timeline of both sides",
    "filing.withdrawn": "the applicant did it; the queue reads the state",
    "payments.order_created": "on record only",
    "payments.review_closed": "on record only",
    "payments.money_moved": "on record only",
    "payments.statement_taken": "the desk of reconciliation shows it",
    "payments.difference_resolved": "on record only",
    "payments.day_closed": "on record only",
    "payments.relief_withdrawn": "the payer did it; the judge finds nothing left to decide",
    "eventlog.requeued": "on record only",
    "notifications.text_bounced": "the desk's list reads the rows",
    "notifications.address_kept": "on record only",
    "notifications.address_ended": "on record only",
    "notifications.bounce_settled": "on record only",
    "notifications.webhook_added": "on record only",
    "notifications.webhook_confirmed": "on record only",
    "notifications.webhook_ended": "on record only",
    "notifications.wishes_changed": "the page shows it",
    "notifications.feed_made": "on record only",
    "notifications.feed_revoked": "on record only",
    "qrlinks.verified": "access stream only",
    "qrlinks.reported": "access stream only",
    "qrlinks.code_made": "on record only",
    "qrlinks.report_handled": "access stream only",
    "qrlinks.pass_given": "access stream only",
    "qrlinks.case_switched": "the code stops by the row itself",
}
"""Events nobody listens to, and why that is right."""


def test_each_event_has_a_label_and_a_decision() -> None:
    unlabelled = [entry.name for entry in NAMES.values() if not CHINESE.search(str(entry.label))]
    undecided = NAMES.keys() - HANDLERS.keys() - SILENT.keys()
    assert (unlabelled, sorted(undecided)) == ([], [])
    assert sorted(SILENT.keys() & HANDLERS.keys()) == [], "listed as silent and listened to"
    assert sorted(SILENT.keys() - NAMES.keys()) == [], "silent events that do not exist"


def test_each_handler_listens_to_a_declared_event() -> None:
    assert sorted(HANDLERS.keys() - NAMES.keys()) == []
    assert all(isinstance(handler.mode, Mode) for handlers in HANDLERS.values() for handler in handlers)


def test_each_event_is_emitted_by_the_app_that_declares_it() -> None:
    for app in APPS:
        declared = ROOT / app / "events.py"
        if not declared.exists():
            continue
        names = {
            target.id
            for node in tree(declared).body
            if isinstance(node, ast.Assign)
            for target in node.targets
        }  # type: ignore[attr-defined]
        used = "\n".join(text(path) for path in sources(app) if path != declared)
        assert [name for name in sorted(names) if f"events.{name}" not in used] == [], app


# -- flows and states ----------------------------------------------------------------------------------------------


LATER_STATES = {"case.hearing": "E"}


def flows() -> Iterator[tuple[str, type[models.Model], Flow]]:
    """Flow tables with the model they belong to: BILL_FLOW of Bill."""
    for config in apps.get_app_configs():
        for name, value in vars(config.models_module or object).items():
            if isinstance(value, Flow):
                yield config.name, config.get_model(name.removesuffix("_FLOW").replace("_", "")), value


def test_each_move_is_made_by_a_service() -> None:
    missing = []
    for app, model, flow in flows():
        words = {word for path in sources(app) if "services" in path.as_posix() for word in words_in(path)}
        missing += [f"{model._meta.model_name}.{move}" for move in flow.moves if move not in words]
    assert sorted(missing) == sorted(LATER)


def test_each_state_is_the_first_one_or_reached_by_a_move() -> None:
    unreached = []
    for _app, model, flow in flows():
        state: Any = model._meta.get_field(flow.field)
        reached = {target for _sources, target in flow.moves.values()} | {str(state.default)}
        unreached += [
            f"{model._meta.model_name}.{value}" for value, _label in state.choices if value not in reached
        ]
        known = {value for value, _label in state.choices}
        assert {*reached, *(s for sources, _t in flow.moves.values() for s in sources)} <= known, model
    assert sorted(unreached) == sorted(LATER_STATES)


def test_nothing_but_a_flow_sets_a_state() -> None:
    """No ``row.status = …`` and no ``update(status=…)`` on a model with a flow table, outside the flow itself."""
    fields = {flow.field for _app, _model, flow in flows()}
    found = []
    for path in sources(*APPS):
        if path.name in ("models.py", "flow.py") or "standins" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            flat = [
                leaf
                for target in targets
                for leaf in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            found += [
                f"{path.relative_to(ROOT)}:{leaf.lineno}"
                for leaf in flat
                if isinstance(leaf, ast.Attribute) and leaf.attr in fields and not _without_flow(path, leaf)
            ]
    assert found == []


WITHOUT_FLOW = {"eventlog", "notifications", "qrlinks"}
"""Apps whose rows (effects, messages, verifications) have a state and no flow table."""


def _without_flow(path: Path, leaf: ast.Attribute) -> bool:
    if path.relative_to(ROOT).parts[0] in WITHOUT_FLOW:
        return True
    return isinstance(leaf.value, ast.Name) and leaf.value.id in ("self", "result", "response")


def test_choices_have_chinese_labels() -> None:
    bad = [
        f"{model.__name__}.{field.name}: {value}"
        for model in apps.get_models()
        if model._meta.app_config.name in APPS  # type: ignore[union-attr]
        for field in model._meta.get_fields()
        for value, label in getattr(field, "choices", None) or []
        if not CHINESE.search(str(label))
    ]
    assert bad == []


# -- models --------------------------------------------------------------------------------------------------------


def test_what_is_never_changed_is_guarded() -> None:
    """A model that says so in its docstring is append-only, and so is every model that migrations guard."""
    models_here = [model for model in apps.get_models() if not is_walled(model)]
    says = {model for model in models_here if re.search(r"[Nn]ever changed", model.__doc__ or "")}
    frozen = set(append_only_models())
    assert {model.__name__ for model in says - frozen} <= {"Paper"}
    guarded = {
        table
        for path in tracked()
        if "migrations" in path.parts
        for table in re.findall(r'append_only_trigger\("(\w+)"\)', text(path))
    }
    assert {model._meta.db_table for model in frozen} == guarded


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_model_says_what_it_is() -> None:
    bare = [
        model.__name__
        for model in apps.get_models()
        if model._meta.app_config.name in set(APPS) - {"standins"}  # type: ignore[union-attr]
        and not (
            CHINESE.search(str(model._meta.verbose_name))
            and not (model.__doc__ or "").startswith(f"{model.__name__}(")
        )
    ]
    assert bare == []


# -- access matrix and settings --------------------------------------------------------------------------------------


def test_every_action_of_the_matrix_is_asked() -> None:
    asked = {word for path in sources(*APPS) if path.name != "access.py" for word in words_in(path)}
    assert sorted(MATRIX.keys() - asked) == []
    assert SCAN_ACTIONS <= MATRIX.keys()
    called = {
        node.args[1].value
        for path in sources(*APPS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("allows", "_need") and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }  # fmt: skip
    assert called <= MATRIX.keys()
    assert {action for _key, action, *_rest in DESKS} <= MATRIX.keys()


def test_every_setting_is_read() -> None:
    """A switch that changes nothing is a lie to the court that turns it."""
    code = [path for path in sources(*APPS) if path != ROOT / "courts" / "settings.py"]
    read = {word for path in code for word in words_in(path)}
    assert [key for key in SETTINGS if key not in read and not key.startswith("fee_base.")] == []
    asked = {
        node.args[1].value
        for path in code
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "setting"
        and isinstance(node.args[1], ast.Constant)
    }
    assert asked <= SETTINGS.keys()


# -- addresses -----------------------------------------------------------------------------------------------------

COUNTED = {"number", "row_id", "visitor"}
"""Whole numbers in addresses: a page of a paper, a row of the operator's list."""


@pytest.mark.req("SEC-13")
def test_addresses_carry_no_counters() -> None:
    numbers = {
        name
        for _key, route in of_resolver(get_resolver("portal.zone.urls"))
        for name in re.findall(r"<int:(\w+)>", route)
    }
    assert numbers <= COUNTED


def templates() -> list[str]:
    return sorted(
        path.relative_to(ROOT / "templates").as_posix() for path in tracked() if path.suffix == ".html"
    )


@pytest.mark.parametrize("name", templates())
def test_links_of_templates_lead_somewhere(name: str) -> None:
    """``{% url %}`` names exist with these arguments; fixed addresses in ``href`` and ``action`` resolve."""
    known = {key: route for key, route in of_resolver(get_resolver("portal.zone.urls"))}
    template = engines["django"].get_template(name).template  # type: ignore[attr-defined]
    for node in template.nodelist.get_nodes_by_type(URLNode):
        target = node.view_name.var
        if not isinstance(target, str):
            continue
        assert target in known, target
        wanted = re.findall(r"<(?:\w+:)?(\w+)>", known[target])
        given = set(node.kwargs) if node.kwargs else len(node.args)
        assert given == (set(wanted) if node.kwargs else len(wanted)), f"{target} wants {wanted}"
    for address in re.findall(r'(?:href|action)="(/[^"{}]*)"', text(ROOT / "templates" / name)):
        assert leads_somewhere(address), address


def leads_somewhere(address: str) -> bool:
    path = re.split(r"[?#]", address)[0]
    if path.startswith("/static/"):
        return (ROOT / path.lstrip("/")).is_file()
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_links_of_code_lead_somewhere() -> None:
    known = {key for key, _route in of_resolver(get_resolver("portal.zone.urls"))}
    asked = {
        (node.args[0].value, f"{path.relative_to(ROOT)}:{node.lineno}")
        for path in sources(*APPS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("reverse", "redirect", "reverse_lazy")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    lost = [
        f"{where}: {name}"
        for name, where in asked
        if not (name in known or (name.startswith("/") and leads_somewhere(name)))
    ]
    assert lost == []
    assert [
        address
        for address in [*LINKS.values(), *(desk[2] for desk in DESKS)]
        if not leads_somewhere(address) and address not in paths.ALL
    ] == []
