"""Scripts that are not valid Python: where, and how sure pushtrain is."""

from __future__ import annotations

import sys

import pytest

from pushtrain.config import check_scripts, load_config
from pushtrain.config.scripts import MAX_SCRIPT_BYTES, find_python_mistake

BROKEN = b"x = 1\ndef f(:\n"
OLD_PYTHON = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"
OWN_IMAGE = "model: churn\ntrain: {image: 'mine:1'}\n"


def check(text: str, sources: dict[str, bytes]) -> tuple[list[str], list[str]]:
    problems, warnings = check_scripts(load_config(text.encode()), sources, folder="churn")
    return [str(problem) for problem in problems], [str(warning) for warning in warnings]


def test_a_mistake_has_line_and_columns() -> None:
    mistake = find_python_mistake(BROKEN)
    assert mistake is not None
    assert (mistake.message, mistake.line, mistake.column) == ("invalid syntax", 2, 7)


@pytest.mark.parametrize("source", [b"", b"x = '\\d'\n", b"\xef\xbb\xbfx = 1\n", b"(" * (MAX_SCRIPT_BYTES + 1)])
def test_valid_odd_and_very_long_sources_are_accepted(source: bytes) -> None:
    assert find_python_mistake(source) is None


@pytest.mark.parametrize("source", [b"\0", b"(" * 1000, b"# coding: none\n"])
def test_what_no_parser_reads_is_a_mistake(source: bytes) -> None:
    assert find_python_mistake(source) is not None


def test_a_script_of_a_step_is_a_problem_and_any_other_file_a_warning() -> None:
    assert check(OLD_PYTHON, {"train.py": BROKEN, "notes.py": BROKEN, "good.py": b"x = 1\n"}) == (
        ["churn/train.py:2  not valid Python: invalid syntax"],
        ["churn/notes.py:2  not valid Python: invalid syntax"],
    )


def test_an_own_image_may_have_a_newer_python() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    reason = f"(checked with Python {version}; the image's may be newer)"
    assert check(OWN_IMAGE, {"train.py": BROKEN}) == (
        [],
        [f"churn/train.py:2  not valid Python: invalid syntax {reason}"],
    )


@pytest.mark.parametrize("text", [OLD_PYTHON, OWN_IMAGE])
def test_a_script_that_is_not_utf_8_is_a_problem_for_every_python(text: str) -> None:
    source = "import os\n# 훈련\n".encode("cp949")
    assert check(text, {"train.py": source}) == (
        [
            "churn/train.py:2  the file is not UTF-8, but probably CP949 (byte 13 is 0xc8). Save it as UTF-8, or begin "
            "it with # -*- coding: cp949 -*-"
        ],
        [],
    )
    assert check(text, {"train.py": b"# -*- coding: cp949 -*-\n" + source}) == ([], [])
    assert check(text, {"train.py": "x = 1\n".encode("utf-16")})[0] == [
        "churn/train.py:1  the file is UTF-16, not UTF-8. Save it as UTF-8"
    ]


def test_an_unknown_encoding_has_a_line() -> None:
    assert check(OLD_PYTHON, {"train.py": b"# coding: klingon\n"})[0] == [
        "churn/train.py:1  not valid Python: unknown encoding: klingon"
    ]
