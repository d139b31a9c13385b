"""One model repo under `train` and under `train-sdk`: the same metrics, and the same content in the registry."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
# What a registered version holds of the moment and of this one run; config.yaml differs by the template's name.
OF_THE_RUN = {"ModelPackageArn", "ModelPackageName", "CreationTime", "CreatedBy", "ResponseMetadata"}
OF_THE_PUSH = {"run", "revision", "config", "artifact_version"}


def run(repo: Path, store: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", str(store), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def registered(store: Path, ran: dict[str, Any]) -> dict[str, Any]:
    """The model version as the registry has it, the run's id told apart from the rest."""
    with up(store, Platform.local(), handlers={}):
        sagemaker = client("sagemaker")
        (found,) = sagemaker.list_model_packages(ModelPackageGroupName="pushtrain-breast-cancer")[
            "ModelPackageSummaryList"
        ]
        described = sagemaker.describe_model_package(ModelPackageName=found["ModelPackageArn"])
    kept = {key: value for key, value in described.items() if key not in OF_THE_RUN}
    metadata = kept["CustomerMetadataProperties"]
    assert metadata.keys() >= OF_THE_PUSH
    kept["CustomerMetadataProperties"] = {key: value for key, value in metadata.items() if key not in OF_THE_PUSH}
    text = json.dumps(kept, default=str, sort_keys=True).replace(ran["run"], "RUN")
    content: dict[str, Any] = json.loads(text)
    return content


def test_breast_cancer_is_the_same_model_under_both_templates(tmp_path: Path) -> None:
    ran, held = {}, {}
    for template in ("train", "train-sdk"):
        repo = shutil.copytree(ROOT / "model_repos" / "breast-cancer", tmp_path / template)
        config = repo / "config.yaml"
        config.write_text(f"template: {template}\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
        ran[template] = run(repo, tmp_path / f"store-{template}")
        held[template] = registered(tmp_path / f"store-{template}", ran[template])
    ours, theirs = ran["train"], ran["train-sdk"]
    assert (ours["outcome"], theirs["outcome"]) == ("registered", "registered")
    assert theirs["metrics"] == ours["metrics"]
    assert [job["step"] for job in theirs["jobs"]] == [job["step"] for job in ours["jobs"]]
    assert held["train-sdk"] == held["train"]
    assert held["train"]["ModelApprovalStatus"] == "PendingManualApproval"
    assert "metric.binary_classification_metrics.accuracy.value" in held["train"]["CustomerMetadataProperties"]


@pytest.mark.parametrize("template", ["train", "train-sdk"])
def test_an_isolated_job_has_its_code_as_a_channel(template: str, tmp_path: Path) -> None:
    """The toolkit cannot download it from inside an isolated container."""
    repo = shutil.copytree(ROOT / "tests" / "embedded" / "repos" / "plain", tmp_path / "plain")
    config = (repo / "config.yaml").read_text(encoding="utf-8")
    more = f"template: {template}\nnetwork: {{isolation: true}}\n"
    (repo / "config.yaml").write_text(more + config, encoding="utf-8")
    assert run(repo, tmp_path / "store")["outcome"] == "registered"
