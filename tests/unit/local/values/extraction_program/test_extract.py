"""A file that cannot be read says why, and the others are read all the same."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

from pushtrain.local.values.extraction_program.dump import INDEX, Dump
from pushtrain.local.values.extraction_program.extract import extract_members

DEEP = b"\x80\x04" + b"]" * 5000 + b"a" * 4999 + b"."  # a list in a list in a list


class Leave:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return exit, (3,)


def extract(folder: Path, *names: str) -> list[object]:
    """Return how reading each file ended."""
    with Dump(folder) as dump:
        extract_members(folder, names, dump)
    entries = [json.loads(line) for line in (folder / INDEX).read_text("utf-8").splitlines()]
    return [entry["end"] for entry in entries if "end" in entry]


def test_an_error_of_one_file_does_not_end_the_others(tmp_path: Path) -> None:
    (tmp_path / "leaves.pkl").write_bytes(pickle.dumps(Leave()))
    (tmp_path / "missing.pkl").write_bytes(b"\x80\x04cnosuch.module\nNet\n.")
    (tmp_path / "deep.pkl").write_bytes(DEEP)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "good.pkl").write_bytes(pickle.dumps([1.0]))
    assert extract(tmp_path, "leaves.pkl", "missing.pkl", "deep.pkl", "notes.txt", "gone.pkl", "good.pkl") == [
        "SystemExit: 3",
        "ModuleNotFoundError: No module named 'nosuch'",
        "its objects are nested too deeply",
        "only its bytes were compared: its format is not one whose values pushtrain reads",
        f"FileNotFoundError: [Errno 2] No such file or directory: '{tmp_path}/gone.pkl'",
        True,
    ]
