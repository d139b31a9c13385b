"""The packages of a job: from the file of the job runner on this computer, from the log of the job on AWS."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.catalog import job_kinds
from pushtrain.platform import Platform
from pushtrain.pushes import pushtrain_start
from pushtrain.runs import Job, packages
from pushtrain.runs.packages import Packages, parse_packages, read_packages

LOCAL = Platform.local()
AWS = msgspec.structs.replace(LOCAL, artifact_bucket="artifacts", local_option="")
JOB = Job(step="train", name="job-t", kind=job_kinds.TRAINING, status="Completed", seconds=1.0)
PREFIX = "churn/runs/r1/train/job-t"
PIP = "Successfully installed scikit_learn-1.2.1 numpy-1.26.4"


@pytest.mark.parametrize(
    ("document", "versions"),
    [
        (b'{"numpy": "1.26.4"}', {"numpy": "1.26.4"}),
        (b"[]", None),
        (b'{"numpy": 1}', None),
        (b"{", None),
        (b"", None),
    ],
)
def test_on_this_computer_the_job_runner_lists_them(
    monkeypatch: pytest.MonkeyPatch, document: bytes, versions: dict[str, str] | None
) -> None:
    documents = {f"s3://pushtrain-artifacts/{PREFIX}/packages.json": document}
    monkeypatch.setattr(packages, "read_object", lambda _, uri: documents[uri])
    assert read_packages(LOCAL, JOB, PREFIX) == Packages(all=versions)


def test_on_aws_the_log_has_them_and_a_file_that_a_script_left_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(packages, "read_object")
    monkeypatch.setattr(packages, "read_raw_lines", lambda *_: iter([PIP, 'pushtrain-packages 1/1 {"a": "1"}']))
    assert read_packages(AWS, JOB, PREFIX) == Packages(
        all={"a": "1"}, added={"numpy": "1.26.4", "scikit-learn": "1.2.1"}
    )


@pytest.mark.parametrize(("status", "prefix"), [("Failed", PREFIX), ("Completed", None)])
def test_of_other_jobs_nothing_is_known(monkeypatch: pytest.MonkeyPatch, status: str, prefix: str | None) -> None:
    monkeypatch.delattr(packages, "read_raw_lines")
    assert read_packages(AWS, msgspec.structs.replace(JOB, status=status), prefix) == Packages()


def test_only_the_first_complete_list_counts() -> None:
    lines = [
        "hello",
        'pushtrain-packages 1/2 {"a": "1"}',
        'pushtrain-packages 2/2 {"b": "2"}\n',
        'pushtrain-packages 1/1 {"a": "9"}',  # printed by a script
        PIP,
    ]
    assert parse_packages(lines) == Packages(all={"a": "1", "b": "2"})


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ['pushtrain-packages 1/2 {"a": "1"}'],
        ["pushtrain-packages 1/1 [1]"],
        ['pushtrain-packages 1/1 {"a": 1}'],
        ["pushtrain-packages"],
        ["Successfully installed"],
        ["say: Successfully installed a-1"],
    ],
)
def test_what_is_incomplete_is_not_known(lines: list[str]) -> None:
    assert parse_packages(lines) == Packages()


def test_the_lines_are_those_that_the_start_file_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = {f"package-{number}": f"1.{number}" for number in range(450)}
    monkeypatch.setattr(pushtrain_start, "find_packages", lambda: versions)
    pushtrain_start.print_packages()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) < 16_000
    assert parse_packages(lines) == Packages(all=versions)
