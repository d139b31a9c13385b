"""One version for each definition, published once; old versions are deleted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch import state_machine
from pushtrain.local.api import ApiError
from pushtrain.local.aws import LocalAws
from pushtrain.local.states.state_machines import StateMachines
from tests.embedded.launch.plain import STATE_MACHINE, launch_push, list_versions, upload_plain


def test_a_change_of_code_alone_leaves_the_state_machine_alone(local_aws: LocalAws, repo: Path) -> None:
    assert launch_push(upload_plain(repo)).definition == "created"
    (repo / "train.py").write_text("print('other')")
    assert launch_push(upload_plain(repo)).definition == "unchanged"
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(config + "tags: {team: risk}\n")
    assert launch_push(upload_plain(repo)).definition == "updated"
    (repo / "config.yaml").write_text(config)
    assert launch_push(upload_plain(repo)).definition == "unchanged"


def test_each_run_executes_the_definition_of_its_own_push(local_aws: LocalAws, repo: Path) -> None:
    old = launch_push(upload_plain(repo))
    local_aws.wait(old.arn)
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(re.sub(r"at_most: [0-9.]+", "at_most: 0.1", config))
    new = launch_push(upload_plain(repo))
    outputs = [json.loads(local_aws.wait(run.arn)["output"]) for run in (old, new)]
    assert [output["outcome"] for output in outputs] == ["registered", "not_registered"]


def test_a_state_machine_deleted_by_hand_is_made_anew(local_aws: LocalAws, repo: Path) -> None:
    launch_push(upload_plain(repo))
    states = aws.client("stepfunctions")
    states.delete_state_machine(stateMachineArn=STATE_MACHINE)
    assert launch_push(upload_plain(repo, repeat=True)).definition == "created"


def test_the_versions_of_a_machine_made_anew_are_not_taken_for_the_old_ones(local_aws: LocalAws, repo: Path) -> None:
    """Versions of the new machine are counted from 1 again, so what was noted names another definition."""
    config, states = repo / "config.yaml", aws.client("stepfunctions")
    first = config.read_text()
    local_aws.wait(launch_push(upload_plain(repo)).arn)
    states.delete_state_machine(stateMachineArn=STATE_MACHINE)
    config.write_text(first + "tags: {team: risk}\n")
    launch_push(upload_plain(repo))
    config.write_text(first)
    assert launch_push(upload_plain(repo, repeat=True)).definition == "updated"
    assert list_versions() == [1, 2]


def test_old_versions_are_let_go_of_and_made_anew_when_wanted(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_machine, "KEPT_VERSIONS", 2)
    config = repo / "config.yaml"
    first = config.read_text()
    runs = [launch_push(upload_plain(repo))]
    for team in ("risk", "fraud", "care"):
        config.write_text(f"{first}tags: {{team: {team}}}\n")
        runs.append(launch_push(upload_plain(repo)))
    assert list_versions() == [3, 4]
    assert [local_aws.wait(run.arn)["status"] for run in runs] == ["SUCCEEDED"] * 4
    config.write_text(first)
    assert launch_push(upload_plain(repo, repeat=True)).definition == "updated"
    assert list_versions() == [4, 5]


def test_a_version_that_cannot_be_let_go_of_stays_and_the_push_goes_on(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(state_machine.logger, "warning", lambda text, *words: warnings.append(text % words))

    def conflict(*_: object) -> None:
        raise ApiError("ConflictException", "an alias names it")

    monkeypatch.setattr(state_machine, "KEPT_VERSIONS", 1)
    monkeypatch.setattr(StateMachines, "delete_version", conflict)
    launch_push(upload_plain(repo))
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text() + "tags: {team: risk}\n")
    assert launch_push(upload_plain(repo)).fresh
    assert list_versions() == [1, 2]
    assert "plain:1 stays" in "".join(warnings)


def test_tags_that_config_changes_are_the_machines(local_aws: LocalAws, repo: Path) -> None:
    def read_tags() -> dict[str, str]:
        tags = aws.client("stepfunctions").list_tags_for_resource(resourceArn=STATE_MACHINE)["tags"]
        return {tag["key"]: tag["value"] for tag in tags}

    config = (repo / "config.yaml").read_text()
    for team in ("risk", "fraud"):
        (repo / "config.yaml").write_text(f"{config}tags: {{team: {team}}}\n")
        launch_push(upload_plain(repo))
        assert read_tags() == {"team": team, "pushtrain:model": "plain"}
