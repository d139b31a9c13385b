"""Splitting a file into requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import UsageError
from pushtrain.local.inference.request_rows import find_content_type, read_requests, split_request


def test_lines_of_csv_go_a_hundred_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("이름\n" + "가,1\r\n\n" * 101, encoding="utf-8")
    requests = list(read_requests(file, "text/csv", has_header=True))
    assert [(request.first, request.last, request.rows) for request in requests] == [(2, 200, 100), (202, 202, 1)]
    assert requests[1].body == "가,1".encode()
    rows = list(split_request(requests[0], file))
    assert (len(rows), rows[1].first, rows[1].last, rows[1].body) == (100, 4, 4, "가,1".encode())


def test_json_lines_go_one_by_one_and_a_json_file_whole(tmp_path: Path) -> None:
    lines, whole = tmp_path / "rows.jsonl", tmp_path / "rows.JSON"
    lines.write_text("[1]\n[2]\n")
    whole.write_text("[[1],\n[2]]\n")
    assert [request.body for request in read_requests(lines, find_content_type(lines))] == [b"[1]", b"[2]"]
    assert [request.body for request in read_requests(whole, find_content_type(whole))] == [b"[[1],\n[2]]\n"]


def test_a_file_that_cannot_be_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        find_content_type(tmp_path / "rows.parquet")
    assert str(raised.value) == (
        f"{tmp_path}/rows.parquet: what is in it? Give --content-type, or a name that ends with one of "
        ".csv, .json, .jsonl, .libsvm, .npy, .svm"
    )
    (tmp_path / "empty.csv").write_text("\n\n")
    (tmp_path / "empty.json").touch()
    for name, message in (
        ("empty.csv", f"{tmp_path}/empty.csv has no rows"),
        ("empty.json", f"{tmp_path}/empty.json is empty"),
    ):
        with pytest.raises(UsageError) as raised:
            list(read_requests(tmp_path / name, "text/csv"))
        assert str(raised.value) == message
    with pytest.raises(UsageError) as raised:
        list(read_requests(tmp_path / "missing.csv", "text/csv"))
    assert str(raised.value) == f"{tmp_path}/missing.csv cannot be read: No such file or directory"
