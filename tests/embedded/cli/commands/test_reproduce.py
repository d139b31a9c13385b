"""A version is trained again from its record alone, and compared; what is gone stops it before it starts."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain import access, aws, reproductions
from pushtrain.cli import program, run_command
from pushtrain.local.aws import up
from pushtrain.local.platform import describe_runtime
from pushtrain.platform import Platform
from pushtrain.reproduction.inputs import ComparedInput
from pushtrain.runs import find_newest_run, follow, list_runs
from tests.forks import Program, run_pushtrain

REPOS = Path(__file__).parents[2] / "repos"
NUMBERS = "\n".join(str(number % 7) for number in range(50))
RANDOM = """import os
import random
from pathlib import Path

Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text(str(3 + random.random()))
"""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Reproduced:
    """What `reproduce --json` printed."""

    code: int
    document: dict[str, Any]

    def states(self) -> dict[str, str]:
        return {entry["input"]: entry["state"] for entry in self.document["inputs"]}


def train(folder: Path, **files: str) -> Path:
    """Train a copy of `plain` in a process of its own, and delete the model repo. Return the store."""
    repo, store = shutil.copytree(REPOS / "plain", folder / "plain"), folder / "store"
    (repo / "data" / "numbers.txt").write_text(NUMBERS)
    for name, text in files.items():
        (repo / name.replace("_", ".")).write_text(text, "utf-8")
    process = run_pushtrain("run", repo, "--store", store, "--json")
    assert process.returncode == 0, process.stderr
    shutil.rmtree(repo)
    return store


def reproduce(store: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Reproduced:
    arguments = ["reproduce", "plain", "1", "--local", "--store", str(store), "--json", *options]
    code = run_command(lambda: program.main(arguments, standalone_mode=False))
    return Reproduced(code, json.loads(capsys.readouterr().out))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def store(trained: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(trained, tmp_path / "store")


def test_a_version_is_reproduced_from_its_record_although_the_model_repo_is_deleted(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = reproduce(store, capsys, "--at-least", "members")
    assert again.code == 0
    assert set(again.states().values()) == {"same"}
    run = again.document["reproduction"]
    assert (run["outcome"], run["model_version"], run["reproduces"]["model_version"]) == ("not_registered", None, 1)
    assert [job["step"] for job in run["jobs"]] == ["preprocess", "train", "evaluate"]
    assert again.document["comparison"]["rung"] in {"bytes", "members"}
    record = json.loads(next(store.rglob(f"{run['run']}/input.json")).read_text("utf-8"))
    assert (record["trigger"], record["reproduces"]["run"]) == ("reproduce", again.document["run"])
    run_command(lambda: program.main(["runs", "list", "--local", "--store", str(store)], standalone_mode=False))
    assert "not registered · reproduces 1" in capsys.readouterr().out
    run_command(
        lambda: program.main(["runs", "show", run["run"], "--local", "--store", str(store)], standalone_mode=False)
    )
    shown = capsys.readouterr().out
    assert f"  reproduces  version 1 of run {again.document['run']}" in shown
    assert "  compared    same " in shown
    report = store.parent / "report.html"
    arguments = ["runs", "report", run["run"], "--local", "--store", str(store), "--output", str(report)]
    assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 0
    assert f"version 1 of run {again.document['run']} · same " in report.read_text("utf-8")


def test_data_that_are_gone_stop_it_before_anything_starts(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with up(store, Platform.local(), handlers={}):
        s3, bucket = aws.client("s3"), Platform.local().code_bucket
        keys = [listed["Key"] for listed in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        s3.delete_object(Bucket=bucket, Key=next(key for key in keys if key.endswith("data/numbers.txt")))
    runs = sorted(store.rglob("input.json"))
    refused = reproduce(store, capsys)
    assert refused.code == 1
    message = refused.document["error"]["message"]
    assert message.startswith("nothing was started, because inputs are gone: code (plain ")
    assert "not arrived yet: data/numbers.txt); data.numbers (nothing is left of 1 objects at s3://" in message
    assert reproduce(store, capsys, "--changed-inputs").code == 1
    assert sorted(store.rglob("input.json")) == runs


def test_data_that_changed_stop_it_unless_that_is_asked_for(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ComparedInput(name="data.raw", recorded="2 objects", state="changed", detail="now 1 objects")
    monkeypatch.setattr(reproductions, "compare_inputs", lambda *_: (entry,))
    refused = reproduce(store, capsys)
    assert refused.code == 1
    assert refused.document["error"]["message"] == (
        "nothing was started, because inputs have changed: data.raw (now 1 objects). To train with them as they are "
        "now, add --changed-inputs"
    )
    assert reproduce(store, capsys, "--changed-inputs").code == 0


def test_on_aws_it_starts_only_with_consent(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = msgspec.structs.replace(Platform.local(), local_option="", runtime=describe_runtime())
    monkeypatch.setattr(access, "deployed_platform", lambda _: platform)
    monkeypatch.setattr("pushtrain.launch.run_record.find_digests", lambda *_: {})  # embedded AWS has no images
    monkeypatch.setattr(follow, "FIRST_PAUSE", 0.3)
    monkeypatch.setattr(follow, "LONGEST_PAUSE", 0.3)
    arguments = ["reproduce", "plain", "1"]
    with up(store, platform):
        assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 1
        out, err = capsys.readouterr()
        assert "3 files, revision" in out
        assert re.search(r"nothing was started: the run costs at most [0-9.]+ USD\. Add --yes to start it", err)
        assert run_command(lambda: program.main([*arguments, "--yes"], standalone_mode=False)) == 0
        assert find_newest_run(platform, "plain") != list_runs(platform, "plain")[-1].run
    assert "the model have the same bytes" in capsys.readouterr().out


def test_random_training_is_different_and_the_first_difference_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = train(tmp_path, train_py=RANDOM)
    again = reproduce(store, capsys)
    comparison = again.document["comparison"]
    assert (again.code, comparison["rung"], comparison["first_difference"]["member"]) == (1, "different", "mean.txt")
    assert reproduce(store, capsys, "--within", "5").document["comparison"]["rung"] == "metrics"


def test_a_version_that_does_not_exist_is_named(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["reproduce", "plain", "7", "--local", "--store", str(store)]
    assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 1
    assert "plain" in capsys.readouterr().err


def test_two_reproductions_at_once_are_two_runs(store: Path) -> None:
    words = ("reproduce", "plain", "1", "--local", "--store", store, "--json")
    with Program(words) as one, Program(words) as other:
        ends = [program.communicate(300) for program in (one, other)]
    documents = [json.loads(out) for out, _ in ends]
    assert len({document["reproduction"]["run"] for document in documents}) == 2
    assert all(document["is_enough"] for document in documents)
