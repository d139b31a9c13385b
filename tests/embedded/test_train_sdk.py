"""Models of `train-sdk` are those of `train`. In this process, which imports AWS's SDK once."""

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
from tests.conftest import Typed

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
BREAST_CANCER, SHORT_SCRIPTS = ROOT / "model_repos" / "breast-cancer", ROOT / "benchmarks" / "short_scripts"
TEMPLATES = ("train", "train-sdk")
pytestmark = pytest.mark.slow
# What a registered version holds of the moment and of this one run; config.yaml differs by the template's name.
OF_THE_RUN = {"ModelPackageArn", "ModelPackageName", "CreationTime", "CreatedBy", "ResponseMetadata"}
OF_THE_PUSH = {"run", "revision", "config", "artifact_version"}


def run(typed: Typed, repo: Path, store: Path) -> dict[str, Any]:
    code, out, err = typed("run", repo, "--store", store, "--json")
    assert code == 0, err
    document: dict[str, Any] = json.loads(out)
    return document


@pytest.mark.parametrize("template", TEMPLATES)
def test_an_isolated_job_has_its_code_as_a_channel(template: str, typed: Typed, tmp_path: Path) -> None:
    """The toolkit cannot download it from inside an isolated container."""
    repo = shutil.copytree(PLAIN, tmp_path / "plain")
    config = (repo / "config.yaml").read_text(encoding="utf-8")
    more = f"template: {template}\nnetwork: {{isolation: true}}\n"
    (repo / "config.yaml").write_text(more + config, encoding="utf-8")
    assert run(typed, repo, tmp_path / "store")["outcome"] == "registered"


def test_both_templates_register_the_same_version_of_breast_cancer(typed: Typed, tmp_path: Path) -> None:
    """The scripts are those of the benchmark: what the templates can change is what is around them."""
    documents, versions = [], []
    for template in TEMPLATES:
        repo, store = tmp_path / template / "breast-cancer", tmp_path / template / "store"
        shutil.copytree(BREAST_CANCER, repo)
        shutil.copytree(SHORT_SCRIPTS, repo, dirs_exist_ok=True)
        config = (repo / "config.yaml").read_text(encoding="utf-8")
        (repo / "config.yaml").write_text(f"template: {template}\n{config}", encoding="utf-8")
        documents.append(run(typed, repo, store))
        versions.append(read_first_version(store, documents[-1]["run"]))
    assert [document["outcome"] for document in documents] == ["registered", "registered"]
    assert documents[0]["metrics"] == documents[1]["metrics"]
    steps = [[job["step"] for job in document["jobs"]] for document in documents]
    assert steps[0] == steps[1] == ["preprocess", "train", "evaluate"]
    assert versions[0] == versions[1]
    assert versions[0]["ModelApprovalStatus"] == "PendingManualApproval"
    assert "metric.binary_classification_metrics.accuracy.value" in versions[0]["CustomerMetadataProperties"]


def test_the_template_of_the_example_is_train() -> None:
    assert load_config((BREAST_CANCER / "config.yaml").read_bytes()).config.template == TEMPLATES[0]


def read_first_version(store: Path, run_id: str) -> dict[str, Any]:
    """Return the first model version as the registry has it, without what belongs to the run alone."""
    platform = Platform.local()
    with up(store, platform, handlers={}):
        sagemaker, group = client("sagemaker"), platform.build_group_name("breast-cancer")
        summaries = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        (arn,) = [summary["ModelPackageArn"] for summary in summaries if summary["ModelPackageVersion"] == 1]
        described = sagemaker.describe_model_package(ModelPackageName=arn)
    content = {key: value for key, value in described.items() if key not in OF_THE_RUN}
    metadata = content["CustomerMetadataProperties"]
    assert metadata.keys() >= OF_THE_PUSH
    content["CustomerMetadataProperties"] = {key: value for key, value in metadata.items() if key not in OF_THE_PUSH}
    text = json.dumps(content, default=str, sort_keys=True).replace(run_id, "RUN")
    version: dict[str, Any] = json.loads(text)
    return version
