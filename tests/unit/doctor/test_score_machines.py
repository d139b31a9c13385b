"""The state machine in which approved models answer files: one for each team, restored by a deployment."""

from __future__ import annotations

import msgspec

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.score_machines import check_score_machines
from pushtrain.teams import Team
from tests.unit.doctor.aws_answers import DEPLOY, DEV, Installation, state_machine_list


def test_a_state_machine_that_is_missing_needs_a_deployment(installation: Installation) -> None:
    assert list(check_score_machines(DEV)) == [Finding.fine("batches", "pushtrain_score")]
    listed = state_machine_list()["stateMachines"]
    others = [machine for machine in listed if machine["name"] != "pushtrain_score"]
    installation.answers["ListStateMachines"] = {"stateMachines": others}
    (finding,) = check_score_machines(DEV)
    assert (finding.state, finding.message, finding.fix) == (
        "wrong",
        "there is no state machine pushtrain_score",
        DEPLOY,
    )


def test_each_team_has_its_own(installation: Installation) -> None:
    first = state_machine_list()["stateMachines"][0]
    installation.answers["ListStateMachines"] = {"stateMachines": [first | {"name": "pushtrain_score_risk"}]}
    platform = msgspec.structs.replace(
        DEV, teams=tuple(Team(name=name, models=(f"{name}-*",)) for name in ("risk", "seo"))
    )
    assert [(finding.state, finding.message) for finding in check_score_machines(platform)] == [
        ("fine", "pushtrain_score_risk"),
        ("wrong", "there is no state machine pushtrain_score_seo"),
    ]
