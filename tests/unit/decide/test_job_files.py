"""What an ExitMessage says about files, and what the script itself wrote into it."""

from __future__ import annotations

import pytest

from pushtrain.decide.job_files import parse_job_files, read_job_files, remove_job_files

ONE, TWO = "0" * 64, "a1" * 32
RECORD = f"pushtrain-files: evaluation.json={ONE} plots.json={TWO}\n"


@pytest.mark.parametrize(
    ("message", "files", "own"),
    [
        ("", set(), ""),
        ("42 rows", set(), "42 rows"),
        (RECORD, {("evaluation.json", ONE), ("plots.json", TWO)}, ""),
        (f"{RECORD}42 rows", {("evaluation.json", ONE), ("plots.json", TWO)}, "42 rows"),
        (f"first host{RECORD}", {("evaluation.json", ONE), ("plots.json", TWO)}, "first host"),
        (RECORD[:60], set(), RECORD[:60]),  # cut at 1 KB
        ("pushtrain-files: evaluation.json=", set(), "pushtrain-files: evaluation.json="),
    ],
)
def test_a_message_names_files_and_keeps_what_the_script_wrote(
    message: str, files: set[tuple[str, str]], own: str
) -> None:
    assert (set(parse_job_files(message)), remove_job_files(message)) == (files, own)


def test_a_job_without_a_message_named_no_file() -> None:
    class SageMaker:
        def describe_processing_job(self, **request: str) -> dict[str, str]:
            assert request == {"ProcessingJobName": "job-1"}
            return {}

    assert read_job_files(SageMaker(), "job-1") == frozenset()
