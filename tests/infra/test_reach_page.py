"""docs/reach.md shows what the grants of infra/ allow, is up to date, and keeps apart who trains and who decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.generate_reach import OF_A_TEAM, OF_THE_PLATFORM, PEOPLE, PROGRAMS, TARGET, build_page, find_cell

WHO = {**PEOPLE, **PROGRAMS}
ROOT = Path(__file__).parents[2]


def able(what: str) -> dict[str, str]:
    """Who can do it, and with whose models."""
    [reach] = [reach for reach in (*OF_A_TEAM, *OF_THE_PLATFORM) if reach.what == what]
    cells = {who: find_cell(grants, reach) for who, grants in WHO.items()}
    return {who: cell for who, cell in cells.items() if cell}


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == build_page(), "run python -m scripts.generate_reach"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("push a model repo", {"data scientist": "own", "Jenkins, pushing": "own"}),
        ("write models, checkpoints and metrics of runs", {"script in a job": "own"}),
        ("write the record of a run", {"`on_push`": "all"}),
        ("write a verdict", {"`on_decide`": "all"}),
        ("write the result of a run", {"`on_run_end`": "all"}),
        ("write a report", {"`on_run_end`": "all"}),
        ("read the secrets of the settings", {"script in a job": "own"}),
        ("register a version that waits", {"run": "all"}),
        ("register an approved version", {}),
        ("approve or reject a version", {"approver": "own"}),
        ("delete a version", {}),
        ("let a failed event be handled again", {"operator": "yes"}),
        ("put a message into the push queue", {"`on_replay`": "yes"}),
        ("invoke `on_push` with an event", {}),
        ("write a deployed model", {"`on_approval`": "all"}),
        ("deploy the platform", {"Jenkins, deploying": "yes"}),
        ("change a role", {}),
    ],
)
def test_each_power_has_its_holders(what: str, expected: dict[str, str]) -> None:
    assert able(what) == expected


def test_nobody_reaches_the_models_of_the_other_team_instead_of_the_own_ones() -> None:
    assert [who for reach in OF_A_TEAM for who, grants in WHO.items() if find_cell(grants, reach) == "other"] == []


def test_a_branch_has_no_credentials() -> None:
    for name in ("branch.Jenkinsfile", "models-branch.Jenkinsfile"):
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", (ROOT / "jenkins" / name).read_text("utf-8"), flags=re.DOTALL)
        assert "redentials" not in text, name
