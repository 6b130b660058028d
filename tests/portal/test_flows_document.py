"""docs/flows.md is what the code says; a flow without a diagram fails."""

from pathlib import Path

from django.apps import apps

from common.flow import Flow
from common.two_people import PROPOSAL_FLOW
from portal.management.commands.print_flows import FLOWS, document

ROOT = Path(__file__).resolve().parent.parent.parent


def test_document_is_up_to_date() -> None:
    assert (ROOT / "docs" / "flows.md").read_text(encoding="utf-8") == document()


def test_every_flow_of_a_model_is_printed() -> None:
    printed = {id(flow) for _title, flow, _states in FLOWS}
    of_models = [
        value
        for config in apps.get_app_configs()
        if config.models_module is not None
        for value in vars(config.models_module).values()
        if isinstance(value, Flow)
    ]
    assert {id(flow) for flow in [*of_models, PROPOSAL_FLOW]} == printed
