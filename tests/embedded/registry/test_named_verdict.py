"""A model version that names verdict.json because its metrics do not fit into the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.decide import pin_verdict
from pushtrain.hashes import hash_bytes
from pushtrain.layout import build_verdict_key
from pushtrain.local.aws import up
from tests.embedded.registered import PLATFORM, register, write_run

Types = Callable[..., tuple[int, str, str]]
METRICS = {f"m{number}": 0.5 for number in range(120)}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one version; its verdict has 120 metrics."""
    with up(tmp_path / "store", PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        write_run("one")
        arn = register("one", METRICS)
        pin = pin_verdict(PLATFORM, "churn", "one")
        named = {"verdict": pin["uri"], "verdict_version": pin["version"], "verdict_sha256": pin["sha256"]}
        client("sagemaker").update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=named)
    return tmp_path / "store"


@pytest.fixture
def types(store: Path, typed: Types) -> Types:
    return lambda *words: typed("models", *words, "--local", "--store", store)


def change_verdict(store: Path) -> str:
    """Change a metric in verdict.json; return what is wrong with it then."""
    with up(store, PLATFORM, handlers={}):
        key = {"Bucket": PLATFORM.artifact_bucket, "Key": build_verdict_key("churn", "one")}
        body = client("s3").get_object(**key)["Body"].read()
        changed = body.replace(b'"m7": 0.5', b'"m7": 0.9')
        client("s3").put_object(**key, Body=changed)
    is_other = (
        f"is not the verdict with which it was registered: its SHA-256 is {hash_bytes(changed)}, not {hash_bytes(body)}"
    )
    return f"s3://{PLATFORM.artifact_bucket}/{build_verdict_key('churn', 'one')} {is_other}"


def test_all_metrics_are_read_from_the_document(types: Types) -> None:
    code, out, _ = types("show", "churn", 1, "--json")
    assert code == 0
    assert (json.loads(out)["metrics"], json.loads(out)["verdict_fault"]) == (METRICS, "")


def test_the_list_of_a_model_says_that_the_verdict_of_what_serves_was_changed(store: Path, types: Types) -> None:
    assert types("approve", "churn", 1)[0] == 0
    fault = change_verdict(store)
    code, out, _ = types("list", "churn")
    assert (code, "Approved · serves" in out, out.splitlines()[-1]) == (0, True, f"note  churn 1: {fault}")
    assert [version["verdict_fault"] for version in json.loads(types("list", "churn", "--json")[1])] == [fault]
    assert "verdict_fault" not in json.loads(types("list", "--json")[1])[0]


def test_a_changed_verdict_is_shown_and_cannot_be_approved(store: Path, types: Types) -> None:
    fault = change_verdict(store)
    code, out, _ = types("show", "churn", 1)
    assert (code, "m7" in out, fault in out) == (0, False, True)
    code, _, err = types("approve", "churn", 1)
    assert (code, err.splitlines()[-1]) == (
        1,
        f"churn version 1 cannot be approved: {fault}. Reject it and push the model again",
    )
    code, _, err = types("serve", "churn", "--version", 1)
    assert (code, err.splitlines()[-1]) == (1, f"churn version 1 cannot be served: {fault}. Push again")
    assert types("reject", "churn", 1, "--note", "changed")[0] == 0
