"""`models score`: the answers to the rows of a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pushtrain.aws import client
from tests.embedded.cli.commands.models.served import fill_with_model, install_nothing
from tests.embedded.registered import PLATFORM
from tests.embedded.scoring.approved import approved

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install_nothing(monkeypatch, tmp_path / "cache")
    return fill_with_model(tmp_path / "store", tmp_path / "temporary")


def test_rows_are_counted(types: Types, tmp_path: Path) -> None:
    file, target = tmp_path / "rows.txt", tmp_path / "out.csv"
    file.write_text("이름\n가\n나\n", encoding="utf-8")
    words = ("score", "churn", str(file), "-o", str(target), "--version", "1", "--content-type", "text/csv", "--header")
    code, out, _ = types(*words)
    assert code == 0
    assert out.startswith("churn version 1 · rows: 2 · answers: 2 · ")
    assert out.endswith(" ms (p90) on this computer\n")
    assert target.read_text("utf-8") == "w-가\nw-나\n"
    code, out, _ = types(*words, "--json")
    document = json.loads(out)
    assert (document.pop("p50"), document.pop("p90")) > (0, 0)
    assert (code, document) == (
        0,
        {"model": "churn", "version": 1, "file": str(target), "rows": 2, "answers": 2, "requests": 1},
    )


def test_an_unknown_kind_of_file_is_refused(types: Types, tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    file.touch()
    code, out, err = types("score", "churn", str(file), "-o", str(tmp_path / "out.csv"))
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}: what is in it? Give --content-type, or a name that ends with one of .csv, .json, ")


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Types) -> Iterator[Types]:
    """Exit code, stdout and stderr of `pushtrain models score churn <words> --on-aws`, while embedded AWS is up."""
    install_nothing(monkeypatch, tmp_path / "cache")
    monkeypatch.setattr("pushtrain.access.deployed_platform", lambda _: PLATFORM)
    monkeypatch.setattr("pushtrain.scoring.execution.FIRST_PAUSE", 0.01)
    with approved(tmp_path / "aws"):
        yield lambda *words: typed("models", "score", "churn", *words, "--on-aws", "--environment", "dev")


def test_on_aws_the_cost_is_said_before_the_rows_are_answered(scored: Types, tmp_path: Path) -> None:
    file, target = tmp_path / "행.csv", tmp_path / "답.csv"
    file.write_text("이름\n가\n나\n", encoding="utf-8")
    code, out, err = scored(file, "-o", target, "--header", "--max-runtime", "30m")
    assert code == 0, err
    assert target.read_text("utf-8") == "w-가\nw-나\n"
    cost, job = err.splitlines()
    assert cost == ("churn version 1 · ml.m5.large for at most 30m · costs at most 0.06 USD, by prices of 2026-10-01")
    assert job.startswith("2 rows · job pushtrain--score-")
    assert " · answers in s3://pushtrain-artifacts/.scores/answers/churn/" in job
    assert out.startswith("churn version 1 · rows: 2 · answers: 2 · ")
    code, out, _ = scored(file, "-o", target, "--json")
    document = json.loads(out)
    assert document.pop("job").startswith("pushtrain--score-")
    assert document == {
        "model": "churn",
        "version": 1,
        "file": str(target),
        "rows": 3,
        "answers": 3,
        "max_cost": "0.12 USD",
    }


def test_ctrl_c_stops_the_job(scored: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pushtrain.cli.commands.models.score.wait_for_score", interrupt, raising=False)
    monkeypatch.setattr("pushtrain.scoring.wait_for_score", lambda *_: interrupt(0))
    file = tmp_path / "rows.csv"
    file.write_text("1\n")
    code, _, err = scored(file, "-o", tmp_path / "out.csv")
    assert code == 130
    assert "\nstopped pushtrain--score-" in err
    states = client("stepfunctions")
    [execution] = states.list_executions(
        stateMachineArn=states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    )["executions"]
    assert execution["status"] == "ABORTED"
    assert not (tmp_path / "out.csv").exists()


def test_options_of_the_other_place_are_refused_before_anything_starts(scored: Types, tmp_path: Path) -> None:
    file, target = tmp_path / "rows.csv", tmp_path / "out.csv"
    file.write_text("1\n")
    for option in ("--local", "--match-image"):
        code, out, err = scored(file, "-o", target, option)
        assert (code, out, err) == (2, "", f"{option} is for this computer. Leave it or --on-aws out\n")
    gone = tmp_path / "gone" / "out.csv"
    message = f"{gone} cannot be written: {gone.parent} is no folder that you may write to\n"
    assert scored(file, "-o", gone) == (2, "", message)
    code, _, err = scored(file, "-o", target, "--max-runtime", "soon")
    assert (code, "'soon' is not a duration" in err) == (2, True)
    assert client("s3").list_objects_v2(Bucket=PLATFORM.artifact_bucket, Prefix=".scores/")["KeyCount"] == 0


def test_an_instance_is_refused_on_this_computer(types: Types, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("1\n")
    code, _, err = types("score", "churn", str(file), "-o", str(tmp_path / "out.csv"), "--instance", "ml.m5.large")
    assert (code, err) == (2, "--instance is for --on-aws: without it, this computer answers\n")
