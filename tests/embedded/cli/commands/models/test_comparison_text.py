"""`models compare` names the files that differ, and claims nothing about files without hashes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from pushtrain.aws import client
from tests.embedded.cli.commands.models.pushed import CONFIG, RegisterPush
from tests.embedded.registered import PLATFORM

Types = Callable[..., tuple[int, str, str]]


def test_another_revision_of_the_same_content_is_the_same(register_push: RegisterPush, types_of_pushes: Types) -> None:
    revisions = {register_push(), register_push({"config.yaml": f"# a remark\n{CONFIG}"})}
    assert len(revisions) == 2
    assert types_of_pushes("compare", "churn", 1, 2) == (
        0,
        """\
churn
    version 1  version 2
hyperparameters: the same
rest of config.yaml: the same
packages: the same
files
  preprocess   the same
  train        the same
  evaluate     the same
  other code   the same
  config.yaml  differs, in no value in use
  data.raw     the same
model: not compared; --values names the first difference
code: the same
""",
        "",
    )
    document = json.loads(types_of_pushes("compare", "churn", 1, 2, "--json")[1])
    assert (document["data"], document["code"]["same"]) == ([], True)


def test_files_that_differ_are_named_by_part(register_push: RegisterPush, types_of_pushes: Types) -> None:
    first = register_push()
    config = CONFIG.replace("depth: 4", "depth: 8")
    second = register_push(
        {"config.yaml": config, "train.py": "2", "lib/loss.py": "1", "data/rows.csv": "2", "data/more.csv": "1"}
    )
    code, out, _ = types_of_pushes("compare", "churn", 2, 1)
    assert code == 0
    assert out.partition("rest of config.yaml: ")[2] == (
        f"""\
the same
packages: the same
files
  preprocess   the same
  train        differs: train.py
  evaluate     the same
  other code   differs: lib/loss.py (only version 2)
  config.yaml  differs
  data.raw     differs: data/more.csv (only version 2), data/rows.csv
model: not compared; --values names the first difference
code: differs, commits are not known: revisions version 2 {second[:12]}, version 1 {first[:12]}
"""
    )
    document = json.loads(types_of_pushes("compare", "churn", 1, 2, "--json")[1])
    assert document["code"]["same"] is False
    assert {"part": "train", "same": False, "files": [{"path": "train.py", "versions": [1, 2]}], "unknown": None} in (
        document["content"]
    )
    assert document["content"][3]["files"] == [{"path": "lib/loss.py", "versions": [2]}]


def test_many_files_that_differ_are_counted(register_push: RegisterPush, types_of_pushes: Types) -> None:
    register_push()
    register_push({f"data/{number}.csv": "1" for number in range(6)})
    shown = ", ".join(f"data/{number}.csv (only version 2)" for number in range(4))
    assert f"  data.raw     differs: {shown} and 2 more: --json\n" in types_of_pushes("compare", "churn", 1, 2)[1]


def test_without_hashes_nothing_is_claimed(register_push: RegisterPush, types_of_pushes: Types) -> None:
    first, second = register_push(), register_push({"train.py": "2"}, manifest=False)
    code, out, _ = types_of_pushes("compare", "churn", 1, 2)
    assert code == 0
    assert out.partition("files\n")[2] == (
        f"""\
  preprocess   unknown: no hashes of version 2
  train        unknown: no hashes of version 2
  evaluate     unknown: no hashes of version 2
  other code   unknown: no hashes of version 2
  config.yaml  unknown: no hashes of version 2
  data.raw     unknown: no hashes of version 2
model: not compared; --values names the first difference
code: not known whether it differs, commits are not known: revisions version 1 {first[:12]}, version 2 {second[:12]}
"""
    )
    assert json.loads(types_of_pushes("compare", "churn", 1, 2, "--json")[1])["code"]["same"] is None


def test_a_manifest_that_is_not_the_revisions_is_none(register_push: RegisterPush, types_of_pushes: Types) -> None:
    register_push()
    second = register_push({"train.py": "2"})
    key = f"model-repos/churn/{second}/manifest.json"
    client("s3").put_object(Bucket=PLATFORM.code_bucket, Key=key, Body=b"{}")
    assert "  train        unknown: no hashes of version 2\n" in types_of_pushes("compare", "churn", 1, 2)[1]


def test_what_a_run_was_told_stands_in_for_a_manifest(register_push: RegisterPush, types_of_pushes: Types) -> None:
    """The archive of the code is named by its content; config.yaml has a hash of its own."""
    for number in (1, 2):
        register_push({"data/rows.csv": str(number)}, manifest=False, code="s3://a/churn/source/abc/sourcedir.tar.gz")
    out = types_of_pushes("compare", "churn", 1, 2)[1]
    assert (
        "  other code   the same\n  config.yaml  the same\n  data.raw     unknown: no hashes of version 1, 2\n" in out
    )
    assert out.endswith("code: the same\n")


def test_data_of_which_an_address_is_known_is_not_called_the_same(
    register_push: RegisterPush, types_of_pushes: Types
) -> None:
    config = {"config.yaml": CONFIG.replace("data/", "s3://lake/")}
    register_push(config, raw="s3://lake/")
    register_push(config | {"train.py": "2"}, raw="s3://lake/")
    out = types_of_pushes("compare", "churn", 1, 2)[1]
    assert "\nrest of config.yaml: the same\ndata.raw: at the same address\npackages: the same\nfiles\n" in out
    assert "  data.raw     unknown: only its address is recorded, not what lay there\n" in out


def test_on_this_machine_a_stand_in_is_the_data(
    register_push: RegisterPush, types_of_pushes: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {"config.yaml": CONFIG.replace("data/", "{s3: s3://lake/, local: data/}")}
    register_push(config, raw="s3://lake/")
    register_push(config | {"data/rows.csv": "2"}, raw="s3://lake/")
    out = types_of_pushes("compare", "churn", 1, 2)[1]
    assert "  data.raw     differs: data/rows.csv\n" in out
    assert "address" not in out
    monkeypatch.setattr("pushtrain.access.deployed_platform", lambda _: replace(PLATFORM, local_option=""))
    assert "  data.raw     unknown: only its address is recorded" in types_of_pushes("compare", "churn", 1, 2)[1]


def test_data_differs_if_its_content_did_when_the_runs_started(
    register_push: RegisterPush, types_of_pushes: Types
) -> None:
    for data_hash in ("1", "2", "2"):
        register_push(data_hash=data_hash)
    assert "  data.raw     differs\n" in types_of_pushes("compare", "churn", 1, 2)[1]
    assert "  data.raw     the same\n" in types_of_pushes("compare", "churn", 2, 3)[1]
