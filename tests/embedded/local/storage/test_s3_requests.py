"""S3's conditional writes on this computer: of all who believe the same, one wins, threads and processes alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.forks import Dialogue

BUCKET = Platform.local().serving_bucket
COUNT = """
import sys
from pathlib import Path
from botocore.exceptions import ClientError
from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
bucket = Platform.local().serving_bucket
with up(Path(sys.argv[1]), Platform.local(), handlers={}):
    s3 = client("s3")
    print("ready", flush=True)
    sys.stdin.readline()
    done = 0
    while done < 15:
        held = s3.get_object(Bucket=bucket, Key="count")
        number = int(held["Body"].read()) + 1
        try:
            s3.put_object(Bucket=bucket, Key="count", Body=str(number).encode(), IfMatch=held["ETag"])
            done += 1
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed", error
"""


def test_of_many_threads_that_create_one_object_one_does(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={}):
        s3 = client("s3")

        def create(number: int) -> str:
            try:
                s3.put_object(Bucket=BUCKET, Key="once", Body=str(number).encode(), IfNoneMatch="*")
            except ClientError as error:
                return str(error.response["Error"]["Code"])
            return "created"

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(create, range(40))) == ["PreconditionFailed"] * 39 + ["created"]
        assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


@pytest.mark.slow
def test_two_processes_that_count_lose_no_number(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={}):
        client("s3").put_object(Bucket=BUCKET, Key="count", Body=b"0")
    with Dialogue(COUNT, tmp_path) as one, Dialogue(COUNT, tmp_path) as other:
        assert (one.stdout.readline(), other.stdout.readline()) == ("ready\n", "ready\n")
        for process in (one, other):
            process.stdin.write("go\n")
        assert (one.wait(60), other.wait(60)) == (0, 0)
    with up(tmp_path, Platform.local(), handlers={}):
        assert client("s3").get_object(Bucket=BUCKET, Key="count")["Body"].read() == b"30"
