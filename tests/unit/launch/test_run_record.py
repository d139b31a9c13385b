"""The run record that is built from a push."""

from __future__ import annotations

import dataclasses

import pytest

from pushtrain.config import load_config
from pushtrain.errors import PushError
from pushtrain.launch.run_record import build_run_record
from pushtrain.model_repo.manifest import FACT_LIMIT, GitFacts
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import Revision
from pushtrain.record import RunRecord

PLATFORM = dataclasses.replace(Platform.local(), environment="prod")
PUSH = Push(bucket="code", model="churn", revision="a" * 64, version="v1", by="AROAEXAMPLE:jenkins")
GIT = GitFacts(commit="4222ba4d", author="kim@example.org", repository="git@example.org:churn.git", dirty=True)
SETTINGS = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"


def build(data: str, git: GitFacts = GIT) -> RunRecord:
    config = SETTINGS + data
    sizes = {"config.yaml": 1, "rows.csv": 1, "images/1.png": 1}
    revision = Revision(push=PUSH, config=config.encode(), sizes=sizes, hashes=None, git=git)
    return build_run_record(load_config(config.encode()).config, revision, "s3://artifacts/code.tar.gz", PLATFORM)


def test_data_in_the_model_repo_lies_where_it_was_pushed() -> None:
    record = build("data: {file: rows.csv, folder: images/, lake: s3://lake/churn/}\n")
    pushed = f"s3://code/model-repos/churn/{'a' * 64}"
    assert record.data == {
        "file": f"{pushed}/rows.csv",
        "folder": f"{pushed}/images/",
        "lake": "s3://lake/churn/",
    }
    assert record.config.uri == f"{pushed}/config.yaml"


def test_the_metadata_are_those_of_the_push() -> None:
    record = build("")
    assert record.metadata == {
        "revision": "a" * 64,
        "run": PUSH.run,
        "config": record.config.sha256,
        "environment": "prod",
        "pushed_by": "AROAEXAMPLE:jenkins",
        "author": "kim@example.org",
    }
    assert (record.run, record.git.dirty, record.trigger) == (PUSH.run, True, "push")


def test_a_push_without_git_has_facts_that_are_unknown() -> None:
    git = build("", GitFacts()).git
    assert (git.commit, git.repository, git.author, git.dirty) == ("unknown", "unknown", "unknown", False)


def test_a_push_whose_execution_input_is_too_large_is_refused() -> None:
    data = "data:\n" + "".join(f"  d{number}: s3://lake/{'나' * 1000}/{number}/\n" for number in range(20))
    assert len(build(data).data) == 20  # 60 kB
    with pytest.raises(PushError) as raised:
        build(data, GitFacts(author="나" * FACT_LIMIT, repository="나" * FACT_LIMIT))
    assert str(raised.value) == (
        "the input of the run's execution would have 69235 bytes; 65536 is the limit. "
        "Remove entries of `data` in config.yaml, or shorten their addresses"
    )
