"""A plan decides as the push does: it computes the same keys before anything is uploaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.layout import build_input_key, build_listing_key
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.data import upload_stand_ins
from pushtrain.local.platform import local_platform
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.plans.reuse import plan_reuse
from pushtrain.platform import Platform
from pushtrain.pushes.data_listing import Listings, parse_listing
from pushtrain.pushes.upload import upload
from pushtrain.record import EMPTY_RECORD, RunRecord
from pushtrain.reuse import Listing
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
    if "cache:" in text:
        return repo
    framework = "defaults: {framework: sklearn 1.2-1"
    cached = (
        text.replace(framework, f"{framework}, cache: 30d")
        if framework in text
        else f"{text}defaults: {{cache: true}}\n"
    )
    (repo / "config.yaml").write_text(cached)
    return repo


def read_listing(platform: Platform, model: str, identity: str | None) -> Listing | None:
    key = build_listing_key(model, str(identity))
    body = aws.client("s3").get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read()
    return parse_listing(body, key)


def compare_keys(local_aws: LocalAws, repo: Path) -> RunRecord:
    """Compare what a plan and the push after it compute; return the record of the plan."""
    platform = local_aws.platform
    config = check_model_repo(repo).loaded.config
    definition = serialize_definition(compile_workflow(config, platform))
    contents = read_model_repo(repo)
    listings: Listings = {}
    planned = plan_reuse(aws.client("s3"), contents, config, definition, platform, listings)
    upload_stand_ins(contents, config, platform.region)
    launched = launch(upload(contents, config.model, platform).push, platform)
    assert isinstance(launched, Launched)
    key = build_input_key(config.model, launched.run)
    body = aws.client("s3").get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read()
    record = RunRecord.from_json(body)
    assert {name: getattr(planned, name) for name in COMPARED} == {name: getattr(record, name) for name in COMPARED}
    assert None not in record.step_keys.values()
    stored = {data.identity: read_listing(platform, config.model, data.identity) for data in record.data.values()}
    assert stored == listings
    return planned


@pytest.mark.parametrize("folder", ["tests/embedded/repos/plain", "model_repos/arrival-time"])
def test_the_plan_and_the_push_have_the_same_keys(local_aws: LocalAws, tmp_path: Path, folder: str) -> None:
    compare_keys(local_aws, copy_repo(folder, tmp_path))


@pytest.mark.parametrize("prefix", ["lake/n/", "lake/n", "lake"])
def test_they_have_the_same_keys_for_data_that_this_computer_replaces(
    local_aws: LocalAws, tmp_path: Path, prefix: str
) -> None:
    repo = copy_repo("tests/embedded/repos/plain", tmp_path)
    (repo / "data" / "large.bin").write_bytes(bytes(9 * 1024 * 1024))
    (repo / "data" / "a folder").mkdir()
    (repo / "data" / "a folder" / "빈.txt").write_text("")
    config_file = repo / "config.yaml"
    data = f"numbers: {{s3: s3://{prefix}, local: data/}}"
    config_file.write_text(config_file.read_text().replace("numbers: data/", data))
    first = compare_keys(local_aws, repo)
    (repo / "data" / "numbers.txt").write_text("1\n")
    assert compare_keys(local_aws, repo).step_keys != first.step_keys


def test_a_model_repo_without_cache_is_not_looked_at(local_aws: LocalAws) -> None:
    folder = ROOT / "tests/embedded/repos/plain"
    config = check_model_repo(folder).loaded.config
    assert plan_reuse(aws.client("s3"), read_model_repo(folder), config, "{}", local_aws.platform) is EMPTY_RECORD
