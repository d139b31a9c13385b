"""The run record: what is written, what the execution gets, and what is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.hashes import hash_text
from pushtrain.record import (
    EMPTY_RECORD,
    IDENTICAL,
    TRANSFER,
    CandidateSteps,
    ImageDigest,
    ParentSearches,
    RecordedChampion,
    RecordedData,
    RecordedReuse,
    ReusedJob,
    RunRecord,
    encode_metadata_value,
    list_metadata_keys,
    read_candidates,
)
from tests.sample_record import RECORD

DEFINITIONS = Path(__file__).parents[2] / "golden" / "definitions"
INPUT = "$$.Execution.Input."
EXECUTION_INPUT = {
    "run": "a1b2c3d4e5f6-0a1b2c",
    "model": "churn",
    "revision": "a1b2c3d4e5f6" + "0" * 52,
    "environment": "prod",
    "code": "s3://artifacts/churn/source/abc/sourcedir.tar.gz",
    "config": {"uri": "s3://code/model-repos/churn/a1b2/config.yaml", "version": "v1", "sha256": "c" * 64},
    "data": {"raw": "s3://lake/raw/"},
    "git": {
        "commit": "4222ba4d",
        "repository": "git@example.org:churn.git",
        "dirty": False,
        "author": "kim@example.org",
    },
    "pushed_by": "AROAEXAMPLE:jenkins",
    "metadata": {
        "revision": "a1b2c3d4e5f6" + "0" * 52,
        "run": "a1b2c3d4e5f6-0a1b2c",
        "config": "c" * 64,
        "environment": "prod",
        "pushed_by": "AROAEXAMPLE:jenkins",
        "author": "kim@example.org",
        "data.raw": "s3://lake/raw/",
    },
    "checkpoints": {},
    "resumed_from": {},
    "reuse": {},
    "champion": None,
    "without_champion": False,
    "short": hash_text("churn/a1b2c3d4e5f6-0a1b2c")[:8],
}
REUSED_JOB = {
    "name": "job-1",
    "status": "Completed",
    "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
    "prefix": "churn/runs/r1/train/job-1",
}


def test_the_execution_gets_what_definitions_read_and_the_document_has_more() -> None:
    assert RECORD.execution_input() == EXECUTION_INPUT
    data = {
        "uri": "s3://lake/raw/",
        "version": None,
        "objects": None,
        "bytes": None,
        "sha256": None,
        "marker": None,
        "stand_in": None,
    }
    keys: dict[str, Any] = {
        "images": {"train": "image:1"},
        "parameters": {"train": {"depth": 4}},
        "step_keys": {"train": None},
        "files": {"train.py": "1" * 64},
        "template": "train",
        "runtime": "",
        "steps": {},
        "searches": {},
    }
    more = {"schema": 1, "trigger": "push", "pushtrain_version": "0.1.0", "data": {"raw": data}, "version_key": "v"}
    more |= {
        "experiment": None,
        "run_key": None,
        "same_as": None,
        "reproduces": None,
        "candidates": [],
        "definition": None,
        "image_digests": {"image:1": {"digest": "sha256:1", "reason": ""}},
    }
    digests = {"image:1": ImageDigest(digest="sha256:1")}
    record = msgspec.structs.replace(RECORD, version_key="v", image_digests=digests, **keys)
    document = json.loads(record.to_json())
    assert document | {"checkpoints": {}, "short": record.short} == EXECUTION_INPUT | more | keys
    assert record.execution_input() == EXECUTION_INPUT | {"checkpoints": {"train": RECORD.run}}
    assert RECORD.execution_input() == EXECUTION_INPUT
    assert RunRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize("settings", [{}, {"train.hyperparameters.lr": 0.1, "train.spot": None}])
def test_the_execution_of_an_experiment_gets_its_values(settings: dict[str, Any]) -> None:
    record = msgspec.structs.replace(RECORD, experiment=settings)
    assert record.execution_input() == EXECUTION_INPUT | {"experiment": settings}
    assert RunRecord.from_execution_input(record.execution_input()).experiment == settings
    assert RunRecord.from_json(record.to_json()) == record
    assert RunRecord.from_execution_input({"experiment": "by hand"}).experiment is None


def test_a_step_that_continues_an_earlier_run_has_its_checkpoints() -> None:
    parameters: dict[str, Any] = {"embed": {}, "train": {}}
    record = msgspec.structs.replace(RECORD, parameters=parameters, resumed_from={"train": "earlier"})
    assert record.checkpoints == {"embed": RECORD.run, "train": "earlier"}
    given = record.execution_input()
    assert (given["checkpoints"], given["resumed_from"]) == (record.checkpoints, {"train": "earlier"})
    assert RunRecord.from_execution_input(given).resumed_from == {"train": "earlier"}


def test_the_execution_gets_the_jobs_that_are_reused_by_names_that_paths_can_have() -> None:
    reuse = {
        "split-rows": RecordedReuse(run="r1", ended="2026-11-27T08:15:10.123+00:00", job=ReusedJob(**REUSED_JOB)),
        "train": RecordedReuse(run="r1"),
        "evaluate": RecordedReuse(hindrance="train runs"),
    }
    record = msgspec.structs.replace(RECORD, reuse=reuse)
    assert record.execution_input() == EXECUTION_INPUT | {"reuse": {"split_rows": REUSED_JOB}}
    assert record.reused_jobs == {"split-rows": ReusedJob(**REUSED_JOB)}
    read_back = RunRecord.from_execution_input(record.execution_input())
    assert read_back.reuse == {"split-rows": RecordedReuse(run="r1", job=ReusedJob(**REUSED_JOB))}
    by_hand = RunRecord.from_execution_input({"reuse": {"train": 7, "a": {"name": 7}}})
    assert [reuse.run for reuse in by_hand.reuse.values()] == ["", ""]
    assert RunRecord.from_json(record.to_json()) == record


def test_the_execution_gets_the_earlier_searches_of_the_steps_that_go_on_from_some() -> None:
    parents = ParentSearches(runs=("r1", "r2"), jobs=("j1", "j2"), type=TRANSFER)
    record = msgspec.structs.replace(RECORD, searches={"boost-train": parents})
    jobs = [{"HyperParameterTuningJobName": "j1"}, {"HyperParameterTuningJobName": "j2"}]
    assert record.execution_input() == EXECUTION_INPUT | {
        "searches": {"boost_train": {"type": "TransferLearning", "jobs": jobs}}
    }
    assert RunRecord.from_json(record.to_json()) == record


def test_the_execution_gets_the_steps_of_the_candidates_in_the_order_of_the_file() -> None:
    candidates = tuple(CandidateSteps(name=name, steps=(f"{name}-train",)) for name in ("boost", "base"))
    record = msgspec.structs.replace(RECORD, candidates=candidates)
    written = [{"name": "boost", "steps": ["boost-train"]}, {"name": "base", "steps": ["base-train"]}]
    assert record.execution_input() == EXECUTION_INPUT | {"candidates": written}
    assert RunRecord.from_execution_input(record.execution_input()).candidates == candidates
    assert RunRecord.from_json(record.to_json()) == record
    by_hand: list[Any] = [7, {"name": 7, "steps": []}, {"name": "a"}]
    assert read_candidates({"candidates": by_hand}) == read_candidates({"candidates": 7}) == ()


def list_input_paths(node: Any) -> Iterator[str]:
    """Yield the paths of a definition into the execution input, without the names of data entries."""
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from list_input_paths(child)
    elif isinstance(node, str):
        yield from re.findall(re.escape(INPUT) + r"([\w.]+)", node)


def test_every_path_of_the_golden_definitions_leads_into_the_execution_input() -> None:
    documents = [json.loads(path.read_text()) for path in DEFINITIONS.rglob("*.json")]
    paths = {path for document in documents for path in list_input_paths(document)}
    assert "git.commit" in paths
    steps = {path.split(".")[1] for path in paths if path.startswith("reuse.")}
    assert steps >= {"train", "deep_tree_train", "base_predict"}
    for path in paths:
        champion = RecordedChampion(version=3, uri="s3://s/m", image="i", run="r").build_input(is_evaluated=True)
        reused = dict.fromkeys(steps, REUSED_JOB)
        parents = ParentSearches(runs=("r",), jobs=("j",), type=IDENTICAL).build_input()
        searches = {"searches": {"searched_train": parents}}
        member: Any = EXECUTION_INPUT | {"champion": champion, "reuse": reused} | searches
        for name in path.split("."):
            member = member[name]


@pytest.mark.parametrize("dirty", [True, False, None])
def test_a_record_is_read_back_as_it_was_written(*, dirty: bool | None) -> None:
    record = msgspec.structs.replace(
        RECORD, git=msgspec.structs.replace(RECORD.git, dirty=dirty), data={"나무": RecordedData(uri="s3://a/")}
    )
    assert RunRecord.from_json(record.to_json()) == record
    assert RunRecord.from_json(record.to_json().encode()) == record


def test_members_of_a_later_version_are_left_out() -> None:
    assert RunRecord.from_json(json.dumps({**json.loads(RECORD.to_json()), "drift": {"version": 3}})) == RECORD


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema": 2}, "its schema is 2, expected 1"),
        ({"schema": None}, "its schema is null, expected 1"),
        ({"run": 7}, "Expected `str`, got `int` - at `$.run`"),
        ({"git": {"commit": "a"}}, "Object missing required field `repository` - at `$.git`"),
    ],
)
def test_a_document_that_cannot_be_read_has_a_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        RunRecord.from_json(json.dumps({**json.loads(RECORD.to_json()), **changes}))


def test_a_document_that_is_nested_too_deeply_is_no_record() -> None:
    with pytest.raises(ValueError, match="it is nested too deeply"):
        RunRecord.from_json("[" * 100_000)


@pytest.mark.parametrize("document", [b"", b"\xff", b"[]", b"null", b"{", b"{}"])
def test_anything_else_is_no_record(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        RunRecord.from_json(document)


def test_an_execution_input_says_as_much_as_the_record_it_came_from() -> None:
    record = RunRecord.from_execution_input(RECORD.execution_input())
    assert msgspec.structs.replace(record, trigger="push", pushtrain_version="0.1.0") == RECORD


def test_the_input_of_a_run_that_was_started_by_hand_may_be_anything() -> None:
    strange = {"git": {"dirty": "yes", "commit": 7}, "data": {"raw": 1}, "config": "config.yaml", "run": None}
    assert RunRecord.from_execution_input(strange) == EMPTY_RECORD
    assert EMPTY_RECORD.git.dirty is None


def test_metadata_have_a_value_without_an_environment() -> None:
    record = msgspec.structs.replace(
        RECORD, environment="", data={"raw": RecordedData(uri="s3://lake/(old)/")}
    ).with_metadata()
    assert record.metadata["environment"] == "unknown"
    assert record.metadata["data.raw"].startswith("sha256:")
    assert [*record.metadata] == list_metadata_keys(["raw"])


@pytest.mark.parametrize("text", ["s3://lake/churn/2026-11/", "나무 1", "a@b", "x" * 256])
def test_metadata_that_the_registry_can_hold_stay_as_they_are(text: str) -> None:
    assert encode_metadata_value(text) == text


@pytest.mark.parametrize("text", ["", "a,b", "x" * 257, "s3://lake/(old)/", "line\nbreak"])
def test_metadata_that_the_registry_cannot_hold_become_a_hash_before_anything_starts(text: str) -> None:
    assert encode_metadata_value(text).startswith("sha256:")
    assert encode_metadata_value(text) == encode_metadata_value(text)
