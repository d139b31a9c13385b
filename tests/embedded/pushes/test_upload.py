"""A model repo is uploaded with config.yaml last, once for each revision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pushtrain.errors import PushError
from pushtrain.model_repo import contents
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload

PLATFORM = Platform.local()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=PLATFORM.code_bucket)
        client.put_bucket_versioning(Bucket=PLATFORM.code_bucket, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("model: churn\n")
    (tmp_path / "train.py").write_text("print('hi')\n")
    (tmp_path / "훈련 데이터").mkdir()
    (tmp_path / "훈련 데이터" / "a b.csv").write_text("1,2\n")
    return tmp_path


def keys(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_object_versions(Bucket=PLATFORM.code_bucket)["Versions"]]


def collect_puts() -> list[str]:
    """Return the keys of every PutObject from now on, in order. A new session has no clients yet."""
    boto3.setup_default_session()
    sent: list[str] = []
    boto3._get_default_session().events.register(
        "before-parameter-build.s3.PutObject", lambda params, **_: sent.append(params["Key"])
    )
    return sent


def test_config_yaml_is_put_last_and_the_manifest_just_before(s3: Any, repo: Path) -> None:
    read = read_model_repo(repo)
    told: list[str] = []
    sent = collect_puts()
    done = upload(read, "churn", PLATFORM, progress=lambda file: told.append(file.path))
    prefix = f"model-repos/churn/{read.revision}/"
    assert done.is_new
    assert sorted(told) == ["train.py", "훈련 데이터/a b.csv"]
    assert sent[-2:] == [prefix + "manifest.json", prefix + "config.yaml"]
    manifest = json.loads(s3.get_object(Bucket=PLATFORM.code_bucket, Key=prefix + "manifest.json")["Body"].read())
    assert {file["path"] for file in manifest["files"]} == {"config.yaml", "train.py", "훈련 데이터/a b.csv"}
    assert manifest["revision"] == read.revision


def test_a_revision_that_is_there_is_left_alone(s3: Any, repo: Path) -> None:
    read = read_model_repo(repo)
    first = upload(read, "churn", PLATFORM)
    before = keys(s3)
    second = upload(read, "churn", PLATFORM)
    assert not second.is_new
    assert second.push == first.push
    assert keys(s3) == before


def test_again_puts_only_config_yaml_anew(s3: Any, repo: Path) -> None:
    read = read_model_repo(repo)
    first = upload(read, "churn", PLATFORM)
    second = upload(read, "churn", PLATFORM, repeat=True)
    assert second.is_new
    assert second.push.version != first.push.version
    there = keys(s3)
    assert sum(key.endswith("/config.yaml") for key in there) == 2
    assert sum(key.endswith("/train.py") for key in there) == 1


def test_an_upload_that_was_cut_short_is_done_again_in_whole(s3: Any, repo: Path) -> None:
    read = read_model_repo(repo)
    s3.put_object(Bucket=PLATFORM.code_bucket, Key=f"model-repos/churn/{read.revision}/train.py", Body=b"half")
    assert upload(read, "churn", PLATFORM).is_new
    found = s3.get_object(Bucket=PLATFORM.code_bucket, Key=f"model-repos/churn/{read.revision}/train.py")
    assert found["Body"].read() == b"print('hi')\n"


def test_again_uploads_what_was_replaced_or_deleted_in_the_bucket(s3: Any, repo: Path) -> None:
    (repo / "lib.py").write_text("1")
    read = read_model_repo(repo)
    prefix = f"model-repos/churn/{read.revision}/"
    upload(read, "churn", PLATFORM)
    s3.put_object(Bucket=PLATFORM.code_bucket, Key=prefix + "train.py", Body=b"print('ho')\n")
    age(prefix + "train.py", -1)  # replaced a second later
    s3.put_object(Bucket=PLATFORM.code_bucket, Key=prefix + "lib.py", Body=b"22")
    s3.delete_object(Bucket=PLATFORM.code_bucket, Key=prefix + "훈련 데이터/a b.csv")
    uploaded: list[str] = []
    sent = collect_puts()
    upload(read, "churn", PLATFORM, repeat=True, progress=lambda file: uploaded.append(file.path))
    assert sorted(uploaded) == ["lib.py", "train.py", "훈련 데이터/a b.csv"]
    assert sent[-2:] == [prefix + "manifest.json", prefix + "config.yaml"]
    body = s3.get_object(Bucket=PLATFORM.code_bucket, Key=prefix + "train.py")["Body"].read()
    assert body == b"print('hi')\n"


def test_again_uploads_everything_if_the_manifest_is_gone(s3: Any, repo: Path) -> None:
    read = read_model_repo(repo)
    prefix = f"model-repos/churn/{read.revision}/"
    upload(read, "churn", PLATFORM)
    s3.delete_object(Bucket=PLATFORM.code_bucket, Key=prefix + "manifest.json")
    sent = collect_puts()
    upload(read, "churn", PLATFORM, repeat=True)
    assert sorted(key.removeprefix(prefix) for key in sent) == sorted(
        ["train.py", "훈련 데이터/a b.csv", "manifest.json", "config.yaml"]
    )


def test_a_large_file_that_changes_during_the_upload_starts_nothing(
    s3: Any, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "KEPT_FILE_SIZE", 100)
    (repo / "rows.csv").write_bytes(b"1" * (9 * 2**20))
    read = read_model_repo(repo)
    assert "rows.csv" not in read.contents
    (repo / "rows.csv").write_bytes(b"2" * (9 * 2**20))
    with pytest.raises(PushError, match=r"^rows\.csv changed while it was uploaded, so nothing was started"):
        upload(read, "churn", PLATFORM)
    assert not any(key.endswith(("rows.csv", "config.yaml", "manifest.json")) for key in keys_or_none(s3))
    (repo / "rows.csv").write_bytes(b"1" * (9 * 2**20) + b"appended")
    upload(read, "churn", PLATFORM)
    (key,) = (key for key in keys(s3) if key.endswith("rows.csv"))
    assert s3.head_object(Bucket=PLATFORM.code_bucket, Key=key)["ContentLength"] == 9 * 2**20


def keys_or_none(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_object_versions(Bucket=PLATFORM.code_bucket).get("Versions", [])]


def age(key: str, seconds: float) -> None:
    """Make the newest version of an object older: S3 lists whole seconds."""
    from moto.s3.models import s3_backends

    stored = s3_backends["123456789012"]["aws"].buckets[PLATFORM.code_bucket].keys[key]
    stored.last_modified -= timedelta(seconds=seconds)
