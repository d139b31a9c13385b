"""What versions were made of, as people are told it: told apart by content, and versions of the very same content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.model_repo.folder import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload

PLATFORM = Platform.local()
CONFIG = """
model: churn
data: {raw: data/}
preprocess: {framework: sklearn 1.2-1}
train: {framework: sklearn 1.2-1, hyperparameters: {depth: 4}}
evaluate: {framework: sklearn 1.2-1}
"""
FILES = {
    "config.yaml": CONFIG,
    "preprocessing.py": "1",
    "train.py": "1",
    "evaluation.py": "1",
    "lib/net.py": "1",
    "data/rows.csv": "1",
}
Types = Callable[..., tuple[int, str, str]]
Pushes = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
        yield tmp_path / "store"


@pytest.fixture
def pushes(store: Path, tmp_path: Path) -> Pushes:
    """`pushes({"train.py": "2"}, code="s3://…", raw="s3://…")` registers a version of FILES with these laid over."""
    runs: list[str] = []

    def pushes(files: dict[str, str] | None = None, *, manifest: bool = True, **told: Any) -> str:
        folder = tmp_path / f"repo{len(runs)}"
        for name, text in (FILES | (files or {})).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        push = upload(read_model_repo(folder), "churn", PLATFORM, repeat=True).push
        if not manifest:
            client("s3").delete_object(Bucket=push.bucket, Key=f"{push.prefix}manifest.json")
        runs.append(f"{push.revision[:12]}-{len(runs):06x}")
        place = f"s3://{push.bucket}/{push.prefix}"
        data = told.pop("raw", f"{place}data/")
        document = {
            "config": {"uri": f"{place}config.yaml", "version": push.version},
            "data": {"raw": data},
            "git": {},
            **told,
        }
        body, key = json.dumps(document).encode(), f"churn/runs/{runs[-1]}/input.json"
        client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=body)
        told_registry = {"run": runs[-1], "revision": push.revision, "environment": "unknown", "data.raw": data}
        client("sagemaker").create_model_package(
            ModelPackageGroupName="churn",
            InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"{place}m"}]},
            ModelApprovalStatus="PendingManualApproval",
            CustomerMetadataProperties=told_registry | told.get("metadata", {}),
        )
        return push.revision

    return pushes


@pytest.fixture
def types(store: Path, typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Exit code, stdout and stderr of `pushtrain models <words>`, in the embedded AWS that is up."""
    monkeypatch.setattr("pushtrain.access.deployed_platform", lambda _: PLATFORM)

    return lambda *words: typed("models", *words)


# --- compare


def test_another_revision_of_the_same_content_is_the_same(pushes: Pushes, types: Types) -> None:
    revisions = {pushes(), pushes({"config.yaml": f"# a remark\n{CONFIG}"})}
    assert len(revisions) == 2
    assert types("compare", "churn", 1, 2) == (
        0,
        """\
churn
    version 1  version 2
hyperparameters: the same
rest of config.yaml: the same
files
  preprocess   the same
  train        the same
  evaluate     the same
  other code   the same
  config.yaml  differs, in no value in use
  data.raw     the same
code: the same
""",
        "",
    )
    document = json.loads(types("compare", "churn", 1, 2, "--json")[1])
    assert (document["data"], document["code"]["same"]) == ([], True)


def test_files_that_differ_are_named_by_part(pushes: Pushes, types: Types) -> None:
    first = pushes()
    config = CONFIG.replace("depth: 4", "depth: 8")
    second = pushes(
        {"config.yaml": config, "train.py": "2", "lib/loss.py": "1", "data/rows.csv": "2", "data/more.csv": "1"}
    )
    code, out, _ = types("compare", "churn", 2, 1)
    assert code == 0
    assert out.partition("rest of config.yaml: ")[2] == (
        f"""\
the same
files
  preprocess   the same
  train        differs: train.py
  evaluate     the same
  other code   differs: lib/loss.py (only version 2)
  config.yaml  differs
  data.raw     differs: data/more.csv (only version 2), data/rows.csv
code: differs, commits are not known: revisions version 2 {second[:12]}, version 1 {first[:12]}
"""
    )
    document = json.loads(types("compare", "churn", 1, 2, "--json")[1])
    assert document["code"]["same"] is False
    assert {"part": "train", "same": False, "files": [{"path": "train.py", "versions": [1, 2]}], "unknown": None} in (
        document["content"]
    )
    assert document["content"][3]["files"] == [{"path": "lib/loss.py", "versions": [2]}]


def test_many_files_that_differ_are_counted(pushes: Pushes, types: Types) -> None:
    pushes()
    pushes({f"data/{number}.csv": "1" for number in range(6)})
    shown = ", ".join(f"data/{number}.csv (only version 2)" for number in range(4))
    assert f"  data.raw     differs: {shown} and 2 more: --json\n" in types("compare", "churn", 1, 2)[1]


def test_without_hashes_nothing_is_claimed(pushes: Pushes, types: Types) -> None:
    first, second = pushes(), pushes({"train.py": "2"}, manifest=False)
    code, out, _ = types("compare", "churn", 1, 2)
    assert code == 0
    assert out.partition("files\n")[2] == (
        f"""\
  preprocess   unknown: no hashes of version 2
  train        unknown: no hashes of version 2
  evaluate     unknown: no hashes of version 2
  other code   unknown: no hashes of version 2
  config.yaml  unknown: no hashes of version 2
  data.raw     unknown: no hashes of version 2
code: not known whether it differs, commits are not known: revisions version 1 {first[:12]}, version 2 {second[:12]}
"""
    )
    assert json.loads(types("compare", "churn", 1, 2, "--json")[1])["code"]["same"] is None


def test_a_manifest_that_is_not_the_revisions_is_none(pushes: Pushes, types: Types) -> None:
    pushes()
    second = pushes({"train.py": "2"})
    key = f"model-repos/churn/{second}/manifest.json"
    client("s3").put_object(Bucket=PLATFORM.code_bucket, Key=key, Body=b"{}")
    assert "  train        unknown: no hashes of version 2\n" in types("compare", "churn", 1, 2)[1]


def test_what_a_run_was_told_stands_in_for_a_manifest(pushes: Pushes, types: Types) -> None:
    """The archive of the code is named by its content; config.yaml has a hash of its own."""
    for number in (1, 2):
        pushes({"data/rows.csv": str(number)}, manifest=False, code="s3://a/churn/source/abc/sourcedir.tar.gz")
    out = types("compare", "churn", 1, 2)[1]
    assert (
        "  other code   the same\n  config.yaml  the same\n  data.raw     unknown: no hashes of version 1, 2\n" in out
    )
    assert out.endswith("code: the same\n")


def test_data_of_which_an_address_is_known_is_not_called_the_same(pushes: Pushes, types: Types) -> None:
    config = {"config.yaml": CONFIG.replace("data/", "s3://lake/")}
    pushes(config, raw="s3://lake/")
    pushes(config | {"train.py": "2"}, raw="s3://lake/")
    out = types("compare", "churn", 1, 2)[1]
    assert "\nrest of config.yaml: the same\ndata.raw: at the same address\nfiles\n" in out
    assert "  data.raw     unknown: only its address is recorded, not what lay there\n" in out


def test_on_this_machine_a_stand_in_is_the_data(pushes: Pushes, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"config.yaml": CONFIG.replace("data/", "{s3: s3://lake/, local: data/}")}
    pushes(config, raw="s3://lake/")
    pushes(config | {"data/rows.csv": "2"}, raw="s3://lake/")
    out = types("compare", "churn", 1, 2)[1]
    assert "  data.raw     differs: data/rows.csv\n" in out
    assert "address" not in out
    monkeypatch.setattr("pushtrain.report.content.Platform.local", lambda _: None)
    assert "  data.raw     unknown: only its address is recorded" in types("compare", "churn", 1, 2)[1]


# --- made of the very same before


def test_a_version_of_the_same_is_told_of(pushes: Pushes, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    pushes()
    pushes({"train.py": "2"})
    for _ in range(2):
        pushes()
    code, out, _ = types("list")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "note  churn 3: same code, data and parameters as version 1",
        "note  churn 4: same code, data and parameters as version 1",
    ]
    assert [each["same_as"] for each in json.loads(types("list", "--json")[1])] == [None, None, 1, 1]
    assert "  made before  same code, data and parameters as version 1\n" in types("show", "churn", 4)[1]
    assert "made before" not in types("show", "churn", 1)[1] + types("show", "churn", 2)[1]
    assert [json.loads(types("show", "churn", n, "--json")[1])["same_as"] for n in (1, 2, 3)] == [None, None, 1]


def test_data_at_an_address_is_the_same_as_far_as_it_is_known(pushes: Pushes, types: Types) -> None:
    pushes(raw="s3://lake/10/")
    pushes(raw="s3://lake/11/")
    pushes(raw="s3://lake/10/")
    said = "same code, parameters and address of data as version 1"
    assert re.findall(r"note .*", types("list")[1]) == [f"note  churn 3: {said}"]
    assert f"  made before  {said}\n" in types("show", "churn", 3)[1]


def test_other_parameters_are_not_the_same(pushes: Pushes, types: Types) -> None:
    pushes()
    pushes(metadata={"environment": "prod"})
    assert "note" not in types("list")[1]
    assert "made before" not in types("show", "churn", 2)[1]


def test_a_revision_that_is_no_hash_may_be_other_files_each_time(pushes: Pushes, types: Types) -> None:
    for _ in range(2):
        pushes(metadata={"revision": "v1"})
    assert "note" not in types("list")[1]
    assert "made before" not in types("show", "churn", 2)[1]


def test_who_may_not_look_for_other_runs_still_sees_the_version(
    pushes: Pushes, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2")

    for _ in range(2):
        pushes()
    monkeypatch.setattr("pushtrain.registry.earlier._find", denied)
    code, out, _ = types("show", "churn", 2)
    assert (code, "made before" in out) == (0, False)
