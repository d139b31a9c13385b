"""A successful run on this computer calls `on_run_end`, and `wait` returns after its report is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.cli import program, run_command
from pushtrain.local.aws import ON_RUN_END, LocalAws, up
from pushtrain.model_repo.folder import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload
from pushtrain.registry import read_version
from tests.embedded.conftest import MakeRepo
from tests.unit.report.html_view import parse

PLATFORM = Platform.local()


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    with up(tmp_path / "store", PLATFORM) as local_aws:
        yield local_aws


def run(local_aws: LocalAws, folder: Path) -> None:
    upload(read_model_repo(folder), "plain", PLATFORM, repeat=True)
    local_aws.wait(local_aws.invocations[-1].result["pushes"][0]["arn"])


def reports(local_aws: LocalAws) -> list[object]:
    return [call.error or call.result["reported"] for call in local_aws.invocations if call.function == ON_RUN_END]


@pytest.mark.slow
def test_the_report_lies_where_the_version_says(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    run(local_aws, make_repo())
    version = read_version(PLATFORM, "plain", 1)
    uri = version.properties["report"]
    assert uri == f"s3://{PLATFORM.artifact_bucket}/plain/runs/{version.run}/report.html"
    assert reports(local_aws) == [{"model": "plain", "version": 1, "uri": uri}]
    report = client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=uri.partition("//")[2].partition("/")[2])
    assert report["ContentType"] == "text/html; charset=utf-8"
    document = parse(report["Body"].read().decode())
    assert "✓ The gate is met" in document.text
    assert "Nothing: the run was on this computer." in document.text


@pytest.mark.slow
def test_a_run_that_registers_nothing_has_no_report(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    run(local_aws, make_repo("gate-not-met"))
    assert reports(local_aws) == [None]


@pytest.mark.slow
def test_a_run_that_failed_wakes_nobody(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    run(local_aws, make_repo("raises"))
    assert reports(local_aws) == []


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_said_and_the_model_stays(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("pushtrain.report.ended.put_report", refuse)
    arguments = ["run", str(make_repo()), "--store", str(tmp_path / "store")]
    assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 0
    printed = capsys.readouterr()
    assert "registered  plain version 1" in printed.out
    assert printed.err.endswith("the report could not be written: no room\n")
