"""Stand-ins for S3 data: local files are found at the S3 addresses that config.yaml names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.config import load_config
from pushtrain.errors import LocalError
from pushtrain.local.aws import up
from pushtrain.local.data import upload_stand_ins
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform

PLATFORM = Platform.local()
CONFIG = "model: m\ntrain: {{framework: sklearn 1.2-1}}\ndata: {data}\n"


def upload(folder: Path, data: str) -> list[str]:
    """Keys in the bucket `lake` after the upload."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "a.csv").write_text("1\n")
    (folder / "data" / "ignored.csv").write_text("2\n")
    (folder / ".pushtrainignore").write_text("ignored.csv\n")
    text = CONFIG.format(data=data)
    (folder / "config.yaml").write_text(text)
    upload_stand_ins(read_model_repo(folder), load_config(text.encode()).config, PLATFORM.region)
    return [item["Key"] for item in client("s3").list_objects_v2(Bucket="lake").get("Contents", ())]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        ("{raw: {s3: s3://lake/churn/, local: data/}}", ["churn/a.csv"]),
        ("{raw: {s3: s3://lake/churn/, local: data/a.csv}}", ["churn/a.csv"]),
        ("{raw: {s3: s3://lake/churn.csv, local: data/a.csv}}", ["churn.csv"]),
    ],
)
def test_files_are_uploaded_to_the_address(data: str, keys: list[str], tmp_path: Path) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        assert upload(tmp_path / "repo", data) == keys


def test_data_without_a_stand_in_must_be_in_embedded_s3(tmp_path: Path) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        with pytest.raises(LocalError) as raised:
            upload(tmp_path / "repo", "{raw: s3://lake/churn/}")
        assert str(raised.value) == (
            "data.raw: s3://lake/churn/ is not on this computer. Give a stand-in for local runs:\n"
            "  raw: {s3: s3://lake/churn/, local: data/}"
        )
        client("s3").create_bucket(Bucket="lake")
        client("s3").put_object(Bucket="lake", Key="churn/x", Body=b"1")
        assert upload(tmp_path / "repo", "{raw: s3://lake/churn/}") == ["churn/x"]
