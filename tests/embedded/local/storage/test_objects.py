"""S3 objects in the store: they survive the process, and other processes see them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform
from tests.forks import Dialogue

BUCKET = Platform.local().code_bucket


WRITER = """
import sys
from pathlib import Path
from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
with up(Path(sys.argv[1]), Platform.local(), handlers={}):
    s3 = client("s3")
    for n in range(int(sys.argv[2])):
        s3.put_object(Bucket="pushtrain-code", Key=f"{sys.argv[3]}/{n}", Body=b"x" * 100_000)
        print(n, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".pushtrain"


@contextmanager
def embedded(folder: Path) -> Iterator[Any]:
    """An S3 client of one process's life."""
    with up(folder, Platform.local(), handlers={}):
        yield client("s3")


def body(s3: Any, key: str, **which: str) -> bytes:
    read: bytes = s3.get_object(Bucket=BUCKET, Key=key, **which)["Body"].read()
    return read


def test_a_head_is_the_same_in_a_later_process(folder: Path) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    with embedded(folder) as s3:
        s3.put_object(
            Bucket=BUCKET, Key="k", Body=b"x", Metadata={"Git": "abc"}, ContentType="text/x", Expires=when,
            ChecksumAlgorithm="SHA256", ServerSideEncryption="AES256", Tagging="team=ml",
        )  # fmt: skip
        before = s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
        created = s3.list_buckets()["Buckets"]
    with embedded(folder) as s3:
        after = s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
        assert s3.list_buckets()["Buckets"] == created
        assert s3.get_object_tagging(Bucket=BUCKET, Key="k")["TagSet"] == [{"Key": "team", "Value": "ml"}]
    assert without_request(after) == without_request(before)
    assert after["Metadata"] == {"git": "abc"}


PER_REQUEST = {"date", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}


def without_request(response: dict[str, Any]) -> dict[str, Any]:
    headers = {k: v for k, v in response["ResponseMetadata"]["HTTPHeaders"].items() if k not in PER_REQUEST}
    return {**response, "ResponseMetadata": headers}


def test_versions_keep_their_ids_and_order_and_delete_markers_stay(folder: Path) -> None:
    with embedded(folder) as s3:
        ids = [s3.put_object(Bucket=BUCKET, Key="k", Body=b"%d" % n)["VersionId"] for n in range(3)]
        marker = s3.delete_object(Bucket=BUCKET, Key="k")["VersionId"]
        s3.put_object(Bucket=BUCKET, Key="kept", Body=b"")
    with embedded(folder) as s3:
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket=BUCKET, Key="k")
        assert [body(s3, "k", VersionId=version_id) for version_id in ids] == [b"0", b"1", b"2"]
        listed = s3.list_object_versions(Bucket=BUCKET, Prefix="k")
        assert [m["VersionId"] for m in listed["DeleteMarkers"]] == [marker]
        s3.delete_object(Bucket=BUCKET, Key="k", VersionId=marker)
        assert body(s3, "k") == b"2"
    with embedded(folder) as s3:
        assert body(s3, "k") == b"2"
        assert body(s3, "kept") == b""


def test_a_deleted_version_frees_its_disk_space(folder: Path) -> None:
    with embedded(folder) as s3:
        version = s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")["VersionId"]
        s3.delete_object(Bucket=BUCKET, Key="k", VersionId=version)
        s3.put_object(Bucket=BUCKET, Key="many", Body=b"x")
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "many"}]})
    assert [path.name for path in (folder / "blobs").iterdir()] != []
    assert len(list((folder / "blobs").iterdir())) == 1, "the version under the delete marker"
    with embedded(folder) as s3:
        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_an_unversioned_bucket_of_the_user_survives_with_its_newest_object(folder: Path) -> None:
    with embedded(folder) as s3:
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="k", Body=b"old")
        s3.put_object(Bucket="lake", Key="k", Body=b"new")
        s3.create_bucket(Bucket="gone")
        s3.delete_bucket(Bucket="gone")
    with embedded(folder) as s3:
        assert s3.get_object(Bucket="lake", Key="k")["Body"].read() == b"new"
        assert "VersionId" not in s3.head_object(Bucket="lake", Key="k")
        names = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        assert names == {"lake", BUCKET, Platform.local().artifact_bucket, Platform.local().serving_bucket}
    assert len(list((folder / "blobs").iterdir())) == 1


def test_multipart_uploads_and_copies_survive(folder: Path) -> None:
    content = b"0123456789" * 1_200_000
    with embedded(folder) as s3:
        s3.upload_fileobj(io.BytesIO(content), BUCKET, "big", ExtraArgs={"Metadata": {"a": "b"}})
        s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "big"})
        etag = s3.head_object(Bucket=BUCKET, Key="big")["ETag"]
    with embedded(folder) as s3:
        head = s3.head_object(Bucket=BUCKET, Key="big")
        assert (head["ETag"], head["Metadata"]) == (etag, {"a": "b"})
        assert body(s3, "copy") == content
        assert s3.get_object(Bucket=BUCKET, Key="big", Range="bytes=10-14")["Body"].read() == b"01234"


def test_contents_stay_on_disk_until_read(folder: Path) -> None:
    """Listing versions makes stock moto read every object."""
    with embedded(folder) as s3:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")
        for blob in (folder / "blobs").iterdir():
            blob.unlink()
        assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 1
        assert s3.head_object(Bucket=BUCKET, Key="k")["ContentLength"] == 1


def test_ten_thousand_objects_are_there_at_once(folder: Path) -> None:
    with embedded(folder) as s3:
        s3.put_object(Bucket=BUCKET, Key="0", Body=b"x")
    with Store(folder) as store:
        [(_, first)] = store.list_all("object")
        names = [(f"run/{n}", str(uuid4())) for n in range(10_000)]
        documents = {
            f"{BUCKET}/{key}?{version}": {**first, "name": key, "_version_id": version} for key, version in names
        }
        store.put_all("object", documents)
    for blob in (folder / "blobs").iterdir():
        blob.rename(folder / "away")  # opening any of them while coming up would fail
    with embedded(folder) as s3:
        (folder / "away").rename(blob)
        assert body(s3, "run/9999") == b"x"


def test_a_process_killed_while_it_puts_loses_no_answered_object(folder: Path) -> None:
    with Dialogue(WRITER, folder, 100_000, "killed") as writer:
        numbers = [writer.stdout.readline().strip() for _ in range(20)]
        writer.kill()
        numbers += [line.strip() for line in writer.stdout if line.endswith("\n")]
    with embedded(folder) as s3:
        assert all(body(s3, f"killed/{n}") == b"x" * 100_000 for n in numbers)


def test_objects_of_a_process_that_runs_beside_are_seen(folder: Path) -> None:
    with embedded(folder) as s3:
        s3.put_object(Bucket=BUCKET, Key="mine", Body=b"x")
        with Dialogue(WRITER, folder, 1, "beside") as writer:
            assert writer.stdout.readline() == "0\n"
            assert len(body(s3, "beside/0")) == 100_000
            writer.stdin.close()
            assert writer.wait() == 0
        assert len(s3.list_object_versions(Bucket=BUCKET, Prefix="mine")["Versions"]) == 1
    with embedded(folder) as s3:
        assert {bodies["Key"] for bodies in s3.list_objects_v2(Bucket=BUCKET)["Contents"]} == {"mine", "beside/0"}


def test_many_threads_put_the_same_key(folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with embedded(folder) as s3, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: s3.put_object(Bucket=BUCKET, Key="k", Body=b"%d" % n), range(40))
        ids = {answer["VersionId"]: b"%d" % n for n, answer in enumerate(answers)}
    with embedded(folder) as s3:
        assert {version_id: body(s3, "k", VersionId=version_id) for version_id in ids} == ids


def test_a_full_disk_is_said_and_the_object_not_promised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pushtrain.errors import LocalError

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with embedded(folder) as s3:
        monkeypatch.setattr("shutil.copyfileobj", full)
        with pytest.raises(LocalError, match="No space left on device"):
            s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")


def test_moto_is_as_it_was_when_aws_is_down(folder: Path) -> None:
    from moto.s3.models import S3Backend
    from moto.s3.responses import S3Response

    before = (S3Backend.put_object, S3Response.key_response)
    with up(folder, Platform.local(), handlers={}) as aws:
        assert isinstance(aws, LocalAws)
        assert before != (S3Backend.put_object, S3Response.key_response)
    assert before == (S3Backend.put_object, S3Response.key_response)
