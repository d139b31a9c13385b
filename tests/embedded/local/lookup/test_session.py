"""Commands that look need neither boto3 nor moto; a request that changes something starts embedded AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import boto3
import pytest

from pushtrain import aws
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.lookup.session import open_for_lookup
from pushtrain.local.platform import local_platform

PLATFORM = local_platform("", Path(".pushtrain"))
LOOK = """
import json, sys
from pushtrain.cli import program
program.main([*sys.argv[1:]], standalone_mode=False)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} & {"moto", "boto3"})), file=sys.stderr)
"""


def test_embedded_aws_starts_with_the_first_change(tmp_path: Path) -> None:
    starts: list[LocalAws | None] = []

    def start() -> AbstractContextManager[LocalAws]:
        starts.append(find_local_aws())
        return up(tmp_path, PLATFORM, handlers={}, load_engine=False)

    with open_for_lookup(tmp_path, PLATFORM, start) as find_local_aws:
        early = aws.client("s3", PLATFORM.region)
        request = {"Bucket": PLATFORM.artifact_bucket, "Key": "a"}
        with pytest.raises(early.exceptions.NoSuchKey):
            early.get_object(**request)
        assert find_local_aws() is None
        early.put_object(**request, Body=b"1")
        assert (starts, find_local_aws() is not None) == ([None], True)
        assert early.get_object(**request)["Body"].read() == b"1"
        late = aws.client("s3", PLATFORM.region)
        late.put_object(**request, Body=b"2")
        assert early.get_object(**request)["Body"].read() == b"2"
        assert isinstance(late.meta.region_name, str)
    assert isinstance(aws.client("s3", "us-east-1"), type(boto3.client("s3", "us-east-1")).__mro__[1])


@pytest.mark.parametrize("words", [("runs", "list"), ("models", "list")])
def test_lists_import_neither_boto3_nor_moto(tmp_path: Path, words: tuple[str, str]) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}, load_engine=False):
        aws.client("s3", PLATFORM.region).put_object(Bucket=PLATFORM.artifact_bucket, Key="a", Body=b"1")
    command = [sys.executable, "-c", LOOK, *words, "--local", "--store", str(tmp_path / "store")]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(process.stderr) == []
    assert process.stdout.startswith(("no run yet", "no model is registered yet"))
