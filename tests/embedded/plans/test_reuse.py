"""A plan decides as the push does: it computes the same keys before anything is uploaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.layout import build_input_key
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.platform import local_platform
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.plans.reuse import plan_reuse
from pushtrain.pushes.upload import upload
from pushtrain.record import EMPTY_RECORD, RunRecord
from pushtrain.workflow import compile_workflow, serialize_definition

ROOT = Path(__file__).parents[3]
COMPARED = (
    "step_keys",
    "version_key",
    "images",
    "parameters",
    "files",
    "template",
    "runtime",
    "steps",
    "reuse",
    "run_key",
)


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    with up(tmp_path / "store", local_platform("", tmp_path / "store"), handlers={}) as started:
        yield started


def copy_repo(folder: str, target: Path) -> Path:
    repo = shutil.copytree(ROOT / folder, target / "repo", ignore=shutil.ignore_patterns("__pycache__", ".pushtrain"))
    text = (repo / "config.yaml").read_text()
    framework = "defaults: {framework: sklearn 1.2-1"
    cached = (
        text.replace(framework, f"{framework}, cache: 30d")
        if framework in text
        else f"{text}defaults: {{cache: true}}\n"
    )
    (repo / "config.yaml").write_text(cached)
    return repo


@pytest.mark.parametrize("folder", ["tests/embedded/repos/plain", "model_repos/arrival-time"])
def test_the_plan_and_the_push_have_the_same_keys(local_aws: LocalAws, tmp_path: Path, folder: str) -> None:
    repo = copy_repo(folder, tmp_path)
    platform = local_aws.platform
    config = check_model_repo(repo).loaded.config
    definition = serialize_definition(compile_workflow(config, platform))
    planned = plan_reuse(aws.client("s3"), read_model_repo(repo), config, definition, platform)
    launched = launch(upload(read_model_repo(repo), config.model, platform).push, platform)
    assert isinstance(launched, Launched)
    key = build_input_key(config.model, launched.run)
    body = aws.client("s3").get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read()
    record = RunRecord.from_json(body)
    assert {name: getattr(planned, name) for name in COMPARED} == {name: getattr(record, name) for name in COMPARED}
    assert None not in record.step_keys.values()


def test_data_that_this_computer_replaces_is_not_known_before_the_run(local_aws: LocalAws, tmp_path: Path) -> None:
    repo = copy_repo("tests/embedded/repos/plain", tmp_path)
    config_file = repo / "config.yaml"
    config_file.write_text(
        config_file.read_text().replace("numbers: data/", "numbers: {s3: s3://lake/n/, local: data/}")
    )
    config = check_model_repo(repo).loaded.config
    planned = plan_reuse(aws.client("s3"), read_model_repo(repo), config, "{}", local_aws.platform)
    assert set(planned.step_keys.values()) == {None}
    assert planned.reuse["train"].hindrance == "the content of its data or its image is not known"


def test_a_model_repo_without_cache_is_not_looked_at(local_aws: LocalAws) -> None:
    folder = ROOT / "tests/embedded/repos/plain"
    config = check_model_repo(folder).loaded.config
    assert plan_reuse(aws.client("s3"), read_model_repo(folder), config, "{}", local_aws.platform) is EMPTY_RECORD
