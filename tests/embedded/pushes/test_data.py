"""Data inside a revision is what manifest.json lists, or its ETags tell it apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.hashes import hash_bytes, hash_files
from pushtrain.local.aws import LocalAws
from pushtrain.pushes import data as data_module
from pushtrain.pushes.event import Push
from pushtrain.record import RecordedData, RunRecord
from tests.embedded.launch.plain import PLATFORM, launch_push, launch_refused, read_object, upload_plain

NUMBERS = "data/numbers.txt"
DIFFERENT = "is not the file that manifest.json lists. Push with --again, which uploads the files again"


def read_record(push: Push) -> RunRecord:
    run = launch_push(push).run
    return RunRecord.from_json(read_object(PLATFORM.artifact_bucket, f"plain/runs/{run}/input.json"))


def read_data(push: Push) -> RecordedData:
    return read_record(push).data["numbers"]


def replace(push: Push, body: bytes, path: str = NUMBERS) -> None:
    aws.client("s3").put_object(Bucket=push.bucket, Key=push.prefix + path, Body=body)


def push_config_again(push: Push, repo: Path) -> Push:
    """Put config.yaml once more, without the check of the other files that `pushtrain push --again` does."""
    body = (repo / "config.yaml").read_bytes()
    version = aws.client("s3").put_object(Bucket=push.bucket, Key=push.prefix + "config.yaml", Body=body)["VersionId"]
    return Push(bucket=push.bucket, model=push.model, revision=push.revision, version=version)


def test_data_that_was_replaced_after_the_push_is_refused(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    launch_push(pushed)
    content = (repo / NUMBERS).read_bytes()
    replace(pushed, b"9" * len(content))
    assert launch_refused(push_config_again(pushed, repo)) == f"push  {NUMBERS} {DIFFERENT}"
    replace(pushed, content)
    launch_push(push_config_again(pushed, repo))


def test_a_file_that_was_added_to_the_data_is_refused(local_aws: LocalAws, repo: Path) -> None:
    """A job would read it: it gets all that lies below the address of its data."""
    pushed = upload_plain(repo)
    replace(pushed, b"9", "data/more.txt")
    assert launch_refused(pushed) == f"push  data/more.txt {DIFFERENT}"


def test_the_content_of_data_does_not_depend_on_the_revision(local_aws: LocalAws, repo: Path) -> None:
    content = (repo / NUMBERS).read_bytes()
    pushed = upload_plain(repo)
    first = read_record(pushed)
    data = first.data["numbers"]
    assert data.uri == f"s3://{pushed.bucket}/{pushed.prefix}data/"
    assert (data.objects, data.bytes) == (1, len(content))
    assert data.sha256 == hash_files([("numbers.txt", hash_bytes(content))])
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text() + "# a comment\n")
    second = read_record(upload_plain(repo))
    assert second.data["numbers"].sha256 == data.sha256
    assert (second.step_keys, second.version_key) == (first.step_keys, first.version_key)
    (repo / NUMBERS).write_text("7\n8\n")
    third = read_record(upload_plain(repo))
    assert third.version_key not in {None, first.version_key}


def test_one_file_is_data_too(local_aws: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text().replace("data/", NUMBERS))
    pushed = upload_plain(repo)
    data = read_data(pushed)
    assert (data.uri, data.objects) == (f"s3://{pushed.bucket}/{pushed.prefix}{NUMBERS}", 1)


def test_data_at_an_address_counts_by_its_listing(local_aws: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text().replace("data/", "s3://lake/numbers/"))
    unknown = read_record(upload_plain(repo))  # there is no bucket
    assert unknown.data == {"numbers": RecordedData(uri="s3://lake/numbers/")}
    assert (unknown.step_keys, unknown.version_key) == (dict.fromkeys(("preprocess", "train", "evaluate")), None)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="numbers/1.txt", Body=b"1")
    first, same = (read_record(upload_plain(repo, repeat=True)) for _ in range(2))
    s3.put_object(Bucket="lake", Key="numbers/1.txt", Body=b"2")
    other = read_record(upload_plain(repo, repeat=True))
    assert first.data["numbers"].objects == 1
    assert first.version_key == same.version_key
    assert len({first.version_key, other.version_key, None}) == 3


def test_a_file_beside_the_data_that_a_job_reads_too_counts(local_aws: LocalAws, repo: Path) -> None:
    """S3 compares prefixes as text: a job that reads rows.csv gets rows.csv.old as well."""
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text().replace("data/", NUMBERS))
    (repo / f"{NUMBERS}.old").write_text("1")
    assert read_data(upload_plain(repo)).objects == 2


def test_large_data_is_told_apart_by_its_etags(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_module, "VERIFIED_SIZE", 0)
    pushed = upload_plain(repo)
    first = read_record(pushed)
    again = read_record(push_config_again(pushed, repo))
    assert (first.data["numbers"].sha256, first.version_key) == (None, again.version_key)
    content = (repo / NUMBERS).read_bytes()
    replace(pushed, b"9" * len(content))
    other = read_record(push_config_again(pushed, repo))
    assert other.data["numbers"].bytes == first.data["numbers"].bytes
    assert other.version_key not in {None, first.version_key}
    replace(pushed, b"9")
    assert launch_refused(push_config_again(pushed, repo)) == f"push  {NUMBERS} {DIFFERENT}"
