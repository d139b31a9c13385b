"""The examples that data scientists learn from really train, pass their gates, and do so the same way each time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.config import load_config
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.forks import run_pushtrain

MODEL_REPOS = Path(__file__).parents[2] / "model_repos"
pytestmark = pytest.mark.slow
# What a registered version holds of the moment and of this one run; config.yaml differs by the template's name.
OF_THE_RUN = {"ModelPackageArn", "ModelPackageName", "CreationTime", "CreatedBy", "ResponseMetadata"}
OF_THE_PUSH = {"run", "revision", "config", "artifact_version"}


def run(repo: Path | str, store: Path) -> dict[str, Any]:
    """`run --json` of an example; its environment is built once for a user and then found."""
    done = run_pushtrain("run", MODEL_REPOS / repo, "--store", store, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of breast-cancer outside of git, as the copies are that tests change."""
    return Path(shutil.copytree(MODEL_REPOS / "breast-cancer", tmp_path_factory.mktemp("repo") / "breast-cancer"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of `breast_cancer`."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def breast_cancer(repo: Path, store: Path) -> dict[str, Any]:
    """The first run of breast-cancer, which several tests compare with another one."""
    return run(repo, store)


def read_first_version(store: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Return the first model version as the registry has it, without what belongs to the run alone."""
    platform = Platform.local()
    with up(store, platform, handlers={}):
        sagemaker, group = client("sagemaker"), platform.build_group_name("breast-cancer")
        summaries = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        (arn,) = [each["ModelPackageArn"] for each in summaries if each["ModelPackageVersion"] == 1]
        described = sagemaker.describe_model_package(ModelPackageName=arn)
    content = {key: value for key, value in described.items() if key not in OF_THE_RUN}
    metadata = content["CustomerMetadataProperties"]
    assert metadata.keys() >= OF_THE_PUSH
    content["CustomerMetadataProperties"] = {key: value for key, value in metadata.items() if key not in OF_THE_PUSH}
    text = json.dumps(content, default=str, sort_keys=True).replace(document["run"], "RUN")
    version: dict[str, Any] = json.loads(text)
    return version


def test_breast_cancer_is_registered_with_the_same_metrics_each_time(
    breast_cancer: dict[str, Any], repo: Path, store: Path
) -> None:
    one, two = breast_cancer, run(repo, store)
    assert (one["outcome"], one["model_version"], two["model_version"]) == ("registered", 1, 2)
    assert one["metrics"] == two["metrics"]
    assert one["metrics"]["binary_classification_metrics.accuracy.value"] >= 0.93


def test_breast_cancer_is_the_same_model_under_both_templates(
    breast_cancer: dict[str, Any], repo: Path, store: Path, tmp_path: Path
) -> None:
    with_sdk = shutil.copytree(repo, tmp_path / "train-sdk")
    config = with_sdk / "config.yaml"
    assert load_config(config.read_bytes()).config.template == "train"
    config.write_text(f"template: train-sdk\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    theirs = run(with_sdk, tmp_path / "store")
    assert (breast_cancer["outcome"], theirs["outcome"]) == ("registered", "registered")
    assert theirs["metrics"] == breast_cancer["metrics"]
    assert [job["step"] for job in theirs["jobs"]] == [job["step"] for job in breast_cancer["jobs"]]
    version = read_first_version(store, breast_cancer)
    assert read_first_version(tmp_path / "store", theirs) == version
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert "metric.binary_classification_metrics.accuracy.value" in version["CustomerMetadataProperties"]


def test_digits_trains_a_network_and_is_registered(tmp_path: Path) -> None:
    document = run("digits", tmp_path)
    assert document["outcome"] == "registered"
    assert document["metrics"]["multiclass_classification_metrics.accuracy.value"] >= 0.95


def test_arrival_time_runs_two_branches_between_five_steps_and_is_registered(tmp_path: Path) -> None:
    document = run("arrival-time", tmp_path)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    steps = [job["step"] for job in document["jobs"]]
    assert (steps[0], sorted(steps[1:3]), steps[3:]) == ("clean", ["split", "zones"], ["train", "evaluate"])
    assert document["metrics"]["mae"] <= 4.5
    assert document["metrics"]["within_5_minutes"] >= 0.65
