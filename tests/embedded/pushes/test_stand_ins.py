"""Where the stand-ins of data lie in embedded S3, and what it says about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.model_repo.contents import ModelRepo, read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.stand_ins import compute_etag, describe_stand_ins, list_stand_ins
from pushtrain.pushes.upload import PART_SIZE, upload_file


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        client = aws.client("s3")
        client.create_bucket(Bucket="lake")
        yield client


@pytest.fixture
def repo(tmp_path: Path) -> ModelRepo:
    folder = tmp_path / "repo"
    (folder / "data" / "sub").mkdir(parents=True)
    (folder / "config.yaml").write_text("model: churn\n")
    (folder / "data" / "empty.csv").write_text("")
    (folder / "data" / "sub" / "rows.csv").write_text("1")
    (folder / "data" / "large.bin").write_bytes(b"x" * (2 * PART_SIZE + 1))
    return read_model_repo(folder)


@pytest.mark.parametrize(
    ("local", "prefix", "keys"),
    [
        ("data/sub", "n/", ["n/rows.csv"]),
        ("data/sub/", "n", ["n/rows.csv"]),
        ("data/sub", "", ["rows.csv"]),
        ("data/sub/rows.csv", "n/", ["n/rows.csv"]),
        ("data/sub/rows.csv", "n/all.csv", ["n/all.csv"]),
        ("dat", "n/", []),
    ],
)
def test_a_file_or_a_folder_lies_below_the_address(repo: ModelRepo, local: str, prefix: str, keys: list[str]) -> None:
    assert [key for key, _ in list_stand_ins(repo, local, prefix)] == keys


def test_the_etag_is_the_one_of_s3(s3: Any, repo: ModelRepo) -> None:
    for file in repo.files:
        upload_file(s3, repo, file, "lake", file.path)
        assert s3.head_object(Bucket="lake", Key=file.path)["ETag"] == f'"{compute_etag(repo, file)}"', file.path


def test_objects_that_were_there_before_are_read_too(s3: Any, repo: ModelRepo) -> None:
    s3.put_object(Bucket="lake", Key="n/earlier.csv", Body=b"12")
    s3.put_object(Bucket="lake", Key="n/rows.csv", Body=b"replaced")
    data = describe_stand_ins(s3, repo, "s3://lake/n/", "data/sub")
    assert (data.objects, data.bytes) == (2, 3)
    assert describe_stand_ins(s3, repo, "s3://no-such-bucket/n/", "data/sub").objects == 1
