"""A store with three versions of the model churn, a store of pushed versions, and command lines that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from tests.embedded.cli.commands.models.pushed import RegisterPush, push_files, register_run
from tests.embedded.registered import PLATFORM, register, write_run

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three versions. The second is better and has other data. The config.yaml of the third is gone."""
    folder = tmp_path / "store"
    with up(folder, PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        write_run("one")
        write_run("two", depth=8, data="s3://lake/11/", bound=0.92, instance="ml.m5.xlarge", dirty=True)
        register("one", {"auc": 0.95, "loss": 0.3, "oddity": 1.5}, commit="a" * 40)
        register("two", {"auc": 0.97, "loss": 0.4, "oddity": 2.5}, commit="b" * 40)
        register("three", {"auc": 0.97})
    return folder


@pytest.fixture
def types(store: Path, typed: Types) -> Types:
    """Exit code, stdout and stderr of `pushtrain models <words> --local`."""
    return lambda *words: typed("models", *words, "--local", "--store", store)


@pytest.fixture
def register_push(tmp_path: Path) -> Iterator[RegisterPush]:
    """`register_push({"train.py": "2"}, raw="s3://…")` pushes FILES with these files, and returns the revision.

    `raw` is the address of the data, `manifest=False` deletes manifest.json, `metadata` is laid over that of the
    version, `code` is the address of the code archive, `version_key` and `data_hash` are in the run record.
    Embedded AWS is up until the test has ended.
    """
    revisions: list[str] = []

    def register_push(
        files: Mapping[str, str] | None = None,
        *,
        raw: str | None = None,
        manifest: bool = True,
        metadata: Mapping[str, str] | None = None,
        code: str = "",
        version_key: str | None = None,
        data_hash: str | None = None,
    ) -> str:
        push = push_files(tmp_path / f"repo{len(revisions)}", files or {})
        if not manifest:
            client("s3").delete_object(Bucket=push.bucket, Key=f"{push.prefix}manifest.json")
        run = f"{push.revision[:12]}-{len(revisions):06x}"
        data = raw or f"s3://{push.bucket}/{push.prefix}data/"
        register_run(push, run, data, metadata or {}, code, version_key, data_hash)
        revisions.append(push.revision)
        return push.revision

    with up(tmp_path / "store", PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        yield register_push


@pytest.fixture
def types_of_pushes(register_push: RegisterPush, typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Exit code, stdout and stderr of `pushtrain models <words>`, in the embedded AWS of `register_push`."""
    monkeypatch.setattr("pushtrain.access.deployed_platform", lambda _: PLATFORM)
    return lambda *words: typed("models", *words)
