"""Approve, reject and fetch as an approver types them: the handler runs, and what goes wrong in it is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform

PLATFORM = Platform.local()
Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with two versions of churn; the artifact of the second is gone."""
    folder = tmp_path / "store"
    with up(folder, PLATFORM, handlers={}):
        sagemaker, s3 = client("sagemaker"), client("s3")
        sagemaker.create_model_package_group(ModelPackageGroupName="churn")
        for key in ("one", "two"):
            container = {"Image": "image", "ModelDataUrl": f"s3://{PLATFORM.artifact_bucket}/{key}"}
            s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=key.encode())
            sagemaker.create_model_package(
                ModelPackageGroupName="churn",
                InferenceSpecification={"Containers": [container]},
                ModelApprovalStatus="PendingManualApproval",
            )
        s3.delete_object(Bucket=PLATFORM.artifact_bucket, Key="two")
    return folder


@pytest.fixture
def types(store: Path, typed: Types) -> Types:
    """Exit code, stdout and stderr of `pushtrain models <words> --local`."""

    return lambda *words: typed("models", *words, "--local", "--store", store)


def test_an_approved_model_is_fetched_until_it_is_rejected(types: Types, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    code, _, said = types("fetch", "churn", "-o", str(file))
    where = f"`pushtrain models list churn --local --store {store}`"
    assert (code, said) == (1, f"no version of churn is approved. See {where}\n")
    assert types("approve", "churn", "1", "--note", "시험 통과")[0] == 0
    assert json.loads((store / "s3" / PLATFORM.serving_bucket / "churn" / "approved.json").read_text())["note"] == (
        "시험 통과"
    )
    code, out, _ = types("fetch", "churn", "-o", str(file), "--json")
    sha256 = hashlib.sha256(b"one").hexdigest()
    assert (code, json.loads(out)) == (0, {"model": "churn", "version": 1, "sha256": sha256, "file": str(file)})
    assert file.read_bytes() == b"one"
    code, out, _ = types("fetch", "churn", "-o", str(file), "--version", "1")
    assert (code, out.startswith("churn version 1 · ")) == (0, True)
    assert types("reject", "churn", "1")[0] == 0
    assert types("fetch", "churn", "-o", str(file))[0] == 1


def test_an_approval_that_is_there_already_does_not_seem_to_go_back(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}):
        client("sagemaker").create_model_package(
            ModelPackageGroupName="churn",
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": f"s3://{PLATFORM.artifact_bucket}/one"}]
            },
            ModelApprovalStatus="PendingManualApproval",
        )
    for version in ("1", "1", "3"):
        assert types("approve", "churn", version)[0] == 0
    code, out, said = types("approve", "churn", "1")
    assert (code, out) == (1, "")
    assert said.splitlines()[-1] == (
        "churn version 1 is approved already, and version 3, approved later, serves. To go back, reject that: "
        "the highest version that is approved then serves"
    )
    assert types("reject", "churn", "3")[1].splitlines()[-1] == "serves    churn version 1 (before: version 3)"


def test_what_the_handler_raises_is_said(types: Types) -> None:
    code, out, said = types("approve", "churn", "2")
    assert (code, out) == (1, "")
    assert "churn version 2 cannot go to serving: s3://pushtrain-artifacts/two is gone. Train again" in said
    assert "Approved" in types("show", "churn", "2")[1]  # the decision stands, as on AWS


def test_looking_wakes_nobody(types: Types, store: Path) -> None:
    assert types("list")[0] == types("show", "churn", "1")[0] == 0
    assert not (store / "s3" / PLATFORM.serving_bucket).exists()
