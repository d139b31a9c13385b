"""The run record that is built from a push."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import PushError
from pushtrain.launch.run_record import build_run_record, check_size
from pushtrain.model_repo.manifest import FACT_LIMIT, GitFacts
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import Revision, SourceArchive
from pushtrain.record import RecordedData, RunRecord

PLATFORM = msgspec.structs.replace(Platform.local(), environment="prod")
PUSH = Push(bucket="code", model="churn", revision="a" * 64, version="v1", by="AROAEXAMPLE:jenkins")
GIT = GitFacts(commit="4222ba4d", author="kim@example.org", repository="git@example.org:churn.git", dirty=True)
SETTINGS = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"


DATA = {"raw": RecordedData(uri="s3://lake/raw/", version="v", sha256="d")}
SOURCE = SourceArchive(uri="s3://artifacts/code.tar.gz", files={"train.py": "1" * 64})
READS_DATA = "data: {raw: data/}\n"


def build(
    settings: str = "",
    git: GitFacts = GIT,
    data: Mapping[str, RecordedData] = DATA,
    platform: Platform = PLATFORM,
) -> RunRecord:
    config = (SETTINGS + settings).encode()
    revision = Revision(push=PUSH, config=config, sizes={}, etags={}, hashes=None, listed_sizes={}, git=git)
    return build_run_record(load_config(config).config, revision, SOURCE, data, platform)


def test_config_yaml_and_code_lie_where_they_were_uploaded() -> None:
    record = build()
    assert record.config.uri == f"s3://code/model-repos/churn/{'a' * 64}/config.yaml"
    assert (record.code, record.data_uris) == (SOURCE.uri, {"raw": "s3://lake/raw/"})


def test_the_record_says_what_each_step_works_on() -> None:
    record = build()
    assert [*record.step_keys] == [*record.images] == [*record.parameters] == ["train"]
    assert record.parameters["train"]["hyperparameters"] == {}
    assert "instance" not in record.parameters["train"]
    assert (record.images["train"] or "").endswith("sagemaker-scikit-learn:1.2-1-cpu-py3")


def test_the_address_of_data_is_not_in_the_key_but_its_content_is() -> None:
    def build_keys(**changes: Any) -> tuple[str | None, ...]:
        record = build(READS_DATA, data={"raw": msgspec.structs.replace(DATA["raw"], **changes)})
        assert (record.version_key is None) is (record.step_keys["train"] is None)
        return record.step_keys["train"], record.version_key

    keys = build_keys()
    assert build_keys(uri="s3://lake/other/") == keys
    assert build_keys(version="w") == keys  # the content is known better
    assert build_keys(sha256="e") not in {keys, (None, None)}
    assert build_keys(sha256=None) not in {keys, build_keys(sha256=None, version="w"), (None, None)}
    assert build_keys(sha256=None, version=None) == (None, None)


def test_an_image_that_aws_does_not_have_is_not_known() -> None:
    record = build(platform=msgspec.structs.replace(PLATFORM, region="mars-north-1"))
    assert (record.images, record.step_keys, record.version_key) == ({"train": None}, {"train": None}, None)


def test_the_metadata_are_those_of_the_push() -> None:
    record = build()
    assert record.metadata == {
        "revision": "a" * 64,
        "run": PUSH.run,
        "config": record.config.sha256,
        "environment": "prod",
        "pushed_by": "AROAEXAMPLE:jenkins",
        "author": "kim@example.org",
        "data.raw": "s3://lake/raw/",
    }
    assert (record.run, record.git.dirty, record.trigger) == (PUSH.run, True, "push")


def test_a_push_without_git_has_facts_that_are_unknown() -> None:
    git = build(git=GitFacts()).git
    assert (git.commit, git.repository, git.author, git.dirty) == ("unknown", "unknown", "unknown", False)


def test_a_push_whose_execution_input_is_too_large_is_refused() -> None:
    data = {f"d{number}": RecordedData(uri=f"s3://lake/{'나' * 1000}/{number}/") for number in range(20)}
    check_size(build(data=data))  # 60 kB
    record = build(git=GitFacts(author="나" * FACT_LIMIT, repository="나" * FACT_LIMIT), data=data)
    with pytest.raises(PushError) as raised:
        check_size(record)
    assert str(raised.value) == (
        "the input of the run's execution would have 69383 bytes; 65536 is the limit. "
        "Remove entries of `data` in config.yaml, or shorten their addresses"
    )
