"""A job's log: lines in its file and for its listener, metrics from its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.container.contract import JobError
from pushtrain.local.container.job_log import JobLog


def test_each_line_is_in_the_file_at_once_and_passed_on(tmp_path: Path) -> None:
    lines: list[str] = []
    with JobLog(tmp_path / "log.txt", lines.append) as log:
        log.write_line("점수 1")
        assert (tmp_path / "log.txt").read_text(encoding="utf-8") == "점수 1\n"
        log.write_line("  ")
        assert (lines, log.last_line) == (["점수 1", "  "], "점수 1")


def test_the_last_number_of_each_metric_counts(tmp_path: Path) -> None:
    with JobLog(tmp_path / "log.txt", lambda _: None) as log:
        log.watch((("auc", "auc=(.*)"), ("loss", "loss=(.*)"), ("unseen", "unseen=(.*)")))
        for line in ("auc=0.5", "auc=0.75", "auc=nan", "loss=inf", "loss=text"):
            log.write_line(line)
    assert [(name, value) for name, value, _ in log.metrics] == [("auc", 0.75)]


def test_a_wrong_regex_names_its_metric(tmp_path: Path) -> None:
    with JobLog(tmp_path / "log.txt", lambda _: None) as log, pytest.raises(JobError) as raised:
        log.watch((("auc", "auc=("),))
    assert str(raised.value).startswith("ClientError: metric auc: the regex 'auc=(' is invalid: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_error_and_the_listener_reads_on(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "log.txt").symlink_to("/dev/full")
    lines: list[str] = []
    with JobLog(tmp_path / "job" / "log.txt", lines.append) as log:
        with pytest.raises(JobError) as raised:
            log.write_line("one")
        log.write_line("two")
    assert str(raised.value) == (
        "ClientError: the log of the job cannot be written (No space left on device). Free some space on the disk of "
        f"{tmp_path}"
    )
    assert lines == ["two"]
