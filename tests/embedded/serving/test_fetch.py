"""Downloading an approved model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.serving import fetch
from tests.embedded.serving.approvals import (
    PLATFORM,
    SERVING,
    Bus,
    approved,
    current,
    decide,
    deliver,
    register,
)


def test_fetch_writes_the_model_in_serving(bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for arn in register(versions=2):
        deliver(approved(bus, arn))
    monkeypatch.chdir(tmp_path)
    fetched = fetch(PLATFORM, "churn")
    assert (fetched.version, fetched.file) == (2, Path("churn-2.tar.gz"))
    assert fetched.file.read_bytes() == b"churn 2"
    assert fetched.sha256 == hashlib.sha256(b"churn 2").hexdigest()
    assert fetch(PLATFORM, "churn", version=1, target=Path("churn-2.tar.gz")).version == 1
    assert fetched.file.read_bytes() == b"churn 1"


def replace_served(bus: Bus) -> None:
    document = current()
    put = client("s3").put_object(Bucket=SERVING, Key="churn/1/model.tar.gz", Body=b"evil")
    document["file"]["version_id"] = put["VersionId"]
    client("s3").put_object(Bucket=SERVING, Key="churn/approved.json", Body=json.dumps(document).encode())


def lose_served(bus: Bus) -> None:
    version = current()["file"]["version_id"]
    client("s3").delete_object(Bucket=SERVING, Key="churn/1/model.tar.gz", VersionId=version)


@pytest.mark.parametrize(
    ("harm", "description"),
    [
        (
            replace_served,
            (
                "s3://pushtrain-serving/churn/1/model.tar.gz is not the model that was approved: its sha256 is "
                "b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73, approved.json says "
                "dc74079878d66ae2d233bb0a6401a5ef4c4db73b1c0a1f069276e08190d8d230. Nothing was written"
            ),
        ),
        (
            lose_served,
            (
                "s3://pushtrain-serving/churn/1/model.tar.gz cannot be read: An error occurred (404) when "
                "calling the HeadObject operation: Not Found"
            ),
        ),
    ],
)
def test_a_model_that_is_not_what_was_approved_is_not_written(
    bus: Bus, tmp_path: Path, harm: Callable[[Bus], None], description: str
) -> None:
    [arn] = register()
    deliver(approved(bus, arn))
    harm(bus)
    kept = tmp_path / "out" / "model.tar.gz"
    kept.parent.mkdir()
    kept.write_bytes(b"the model of yesterday")
    with pytest.raises(RegistryError) as raised:
        fetch(PLATFORM, "churn", target=kept)
    assert str(raised.value) == description
    assert kept.read_bytes() == b"the model of yesterday"
    assert list(kept.parent.iterdir()) == [kept]


def test_a_version_that_is_not_approved_is_not_fetched(bus: Bus, tmp_path: Path) -> None:
    arns = register(versions=2)
    deliver(approved(bus, arns[0]))
    deliver(decide(bus, arns[0], "Rejected"))
    for version, description in (
        (1, "churn version 1 is Rejected, not Approved"),
        (2, "churn version 2 was never approved. See `pushtrain models list churn --local`"),
        (7, "churn has no version 7. There are: 1, 2"),
    ):
        with pytest.raises(RegistryError) as raised:
            fetch(PLATFORM, "churn", version=version, target=tmp_path / "m")
        assert str(raised.value) == description
    client("sagemaker").delete_model_package(ModelPackageName=arns[0])
    with pytest.raises(RegistryError) as raised:
        fetch(PLATFORM, "churn", version=1, target=tmp_path / "m")
    assert str(raised.value) == "churn version 1 is deleted, not Approved"
    with pytest.raises(RegistryError) as raised:
        fetch(PLATFORM, "churn/1", target=tmp_path / "m")
    assert str(raised.value) == "there is no model 'churn/1' in the registry. Did you mean 'churn'?"
    assert not (tmp_path / "m").exists()


def test_a_folder_that_is_not_there_is_named(bus: Bus, tmp_path: Path) -> None:
    [arn] = register()
    deliver(approved(bus, arn))
    with pytest.raises(RegistryError) as raised:
        fetch(PLATFORM, "churn", target=tmp_path / "nowhere" / "m")
    assert str(raised.value) == f"cannot write {tmp_path}/nowhere/m: No such file or directory"
