"""Materials lists: complete for every procedure, told with their conditions."""

import pytest

from common.errors import InvalidInput
from courts.calendar import rules
from guides.materials import identity_materials, materials_for, procedures


def test_29_procedures() -> None:
    assert len(procedures()) == 29
    assert set(identity_materials()) == {
        "natural", "legal", "agent_lawyer", "agent_legal_worker", "agent_relative", "agent_employee", "agent_recommended"
    }  # fmt: skip


@pytest.mark.parametrize("procedure", procedures().values(), ids=procedures())
def test_deadlines_named_exist(procedure: object) -> None:
    assert set(procedure.deadline_rules) <= set(rules())  # type: ignore[attr-defined]


def test_the_loan_list() -> None:
    found = materials_for("CIVIL_LOAN", applicant="natural", agent="agent_lawyer")
    need = {one.code: one.requirement for one in found.all}
    assert need["IOU"] == "required"
    assert need["REPAY"] == "optional"
    assert need["SPOUSE"] == "conditional"
    assert {"ID_CARD", "POA", "LAWYER_LICENSE"} <= set(need)
    assert len(found.all) == len(need)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"procedure": "X"}, "procedure"), ({"procedure": "REFUND", "applicant": ""}, "applicant"),
        ({"procedure": "REFUND", "agent": "X"}, "agent"),
    ],
)  # fmt: skip
def test_unknown_names_are_refused(arguments: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        materials_for(**arguments)  # type: ignore[arg-type]
    assert set(refusal.value.fields) == {field}
