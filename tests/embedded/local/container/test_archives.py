"""Archives of code and models: same files give the same bytes, and nothing is unpacked outside."""

from __future__ import annotations

import io
import tarfile

import pytest

from pushtrain.catalog.job_kinds import PROCESSING
from tests.embedded.local.container.bench import BUCKET, Bench, pack


def test_code_that_is_no_archive_or_leaves_it_is_refused(bench: Bench) -> None:
    bench.put("job/sourcedir.tar.gz", b"no archive")
    assert bench.run(PROCESSING, bench.processing_request("job")).failure_reason == (
        "ClientError: sourcedir.tar.gz is not a tar archive"
    )
    bench.put("evil.tar.gz", pack({"../evil": ""}))
    source = {"sagemaker_submit_directory": f"s3://{BUCKET}/evil.tar.gz"}
    assert (
        bench.train("", HyperParameters=source).failure_reason
        == "ClientError: the archive holds '../evil', which lies outside of it"
    )


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py"])
def test_a_source_archive_that_escapes_is_refused(bench: Bench, name: str) -> None:
    result = bench.train("", files={name: "x"})
    assert result.failure_reason is not None
    assert "lies outside of it" in result.failure_reason
    assert not list(bench.home.rglob("evil.py"))


def test_a_link_out_of_the_archive_is_refused(bench: Bench) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    bench.put("evil.tar.gz", target.getvalue())
    source = {"sagemaker_submit_directory": f"s3://{BUCKET}/evil.tar.gz"}
    reason = bench.train("", HyperParameters=source).failure_reason
    assert reason == "ClientError: the archive cannot be unpacked: 'link' is a link to an absolute path"


def test_the_same_model_gives_the_same_archive(bench: Bench) -> None:
    script = "import time, os; open('/opt/ml/model/m', 'w').write('m'); os.utime('/opt/ml/model/m', (1, {}))"
    archives = []
    for moment in (1, 2_000_000_000):
        bench.train(script.format(moment))
        archives.append(bench.s3.get_object(Bucket=BUCKET, Key="out/job/output/model.tar.gz")["Body"].read())
    assert archives[0] == archives[1]
