"""The answers come back one for each row, or OUT is not written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain.aws import client
from pushtrain.errors import ScoreFailed, UsageError
from pushtrain.local.aws import up
from pushtrain.scoring import StartedScore, fetch_answers
from tests.embedded.registered import PLATFORM
from tests.embedded.scoring.test_execution import PLAN

PREFIX = ".scores/answers/churn/one/"
URI = f"s3://{PLATFORM.artifact_bucket}/{PREFIX}"
STARTED = StartedScore(plan=PLAN, rows=2, arn="arn", job="pushtrain--score-one", answers=PREFIX)
JSON_PLAN = msgspec.structs.replace(PLAN, strategy="SingleRecord", accept="application/json")


@pytest.fixture(autouse=True)
def embedded(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", PLATFORM, handlers={}, load_engine=False):
        yield


def put(body: bytes, name: str = "one.out") -> None:
    client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=PREFIX + name, Body=body)


def test_a_line_of_csv_for_each_row(tmp_path: Path) -> None:
    put("가\n나\n".encode())
    assert fetch_answers(PLATFORM, STARTED, tmp_path / "out.csv") == 2
    assert (tmp_path / "out.csv").read_text("utf-8") == "가\n나\n"


def test_a_line_of_json_for_each_row_as_on_this_computer(tmp_path: Path) -> None:
    put(b'[0.5]\n\n{"predictions": [1]}\n')
    fetch_answers(PLATFORM, msgspec.structs.replace(STARTED, plan=JSON_PLAN), tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "0.5\n1\n"


def test_the_answer_to_a_whole_file_may_have_any_number_of_lines(tmp_path: Path) -> None:
    put(b"[[1, 2],\n [3, 4]]")
    whole = msgspec.structs.replace(JSON_PLAN, strategy="None")
    assert fetch_answers(PLATFORM, msgspec.structs.replace(STARTED, plan=whole, rows=1), tmp_path / "out.json") == 1
    assert (tmp_path / "out.json").read_text() == "[[1, 2], [3, 4]]\n"


@pytest.mark.parametrize("body", [b"1\n", b"1\n2\n3\n"])
def test_another_number_of_answers_writes_nothing(tmp_path: Path, body: bytes) -> None:
    put(body)
    message = (
        f"the model answered 2 rows with {body.count(10)} lines, so no answer belongs to a row. They are below {URI}. "
        "If OUT is a name that does not end with .csv, each row is a request of its own"
    )
    with pytest.raises(ScoreFailed, match=f"^{re.escape(message)}$"):
        fetch_answers(PLATFORM, STARTED, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize(
    ("names", "shown"),
    [((), "none"), (("a.out", "b.out"), f"['{PREFIX}a.out', '{PREFIX}b.out']"), (("a",), f"['{PREFIX}a']")],
)
def test_no_file_of_answers_or_two_are_refused(tmp_path: Path, names: tuple[str, ...], shown: str) -> None:
    for name in names:
        put(b"1\n2\n", name)
    message = f"expected one file that ends with .out below {URI}, and there are {shown}"
    with pytest.raises(ScoreFailed, match=f"^{re.escape(message)}$"):
        fetch_answers(PLATFORM, STARTED, tmp_path / "out.csv")


def test_answers_that_cannot_be_written_are_still_in_s3(tmp_path: Path) -> None:
    put(b"1\n2\n")
    target = tmp_path / "gone" / "out.csv"
    message = f"{target} cannot be written: No such file or directory. The answers are below {URI}"
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        fetch_answers(PLATFORM, STARTED, target)
