"""The inputs of two records: which are the same, changed, gone or unknown, and what is said of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.record import ImageDigest, RecordedData, RunRecord
from pushtrain.reproduction.inputs import ComparedInput, compare_data, compare_records
from tests.sample_record import RECORD

DATA = RecordedData(uri="s3://lake/raw/", version="a" * 64, objects=412, bytes=3100, sha256="c" * 64)
FULL = msgspec.structs.replace(
    RECORD,
    files={"train.py": "1" * 64, "pushtrain_start.py": "2" * 64},
    images={"train": "image:1", "own": None},
    parameters={"train": {"hyperparameters": {"epochs": 20, "seed": 7}}, "own": {"max_runtime": 60}},
    data={"raw": DATA},
    runtime="Python 3.11.7, x86_64",
)


def compare(**changes: Any) -> dict[str, ComparedInput]:
    """Return the inputs that are not the same."""
    entries = compare_records(FULL, msgspec.structs.replace(FULL, **changes))
    return {entry.name: entry for entry in entries if entry.state not in {"same", "unknown"}}


def test_nothing_differs_in_the_same_record() -> None:
    entries = {entry.name: entry for entry in compare_records(FULL, FULL)}
    assert not any(entry.hinders for entry in entries.values())
    assert entries["parameters train"].recorded == "epochs=20, seed=7"
    assert entries["parameters own"].recorded == "1 settings"
    assert entries["data.raw"].recorded == "412 objects, 3100 bytes"
    assert (entries["image own"].state, entries["image own"].detail) == ("unknown", "a template chooses it")
    assert entries["code"].recorded == f"1 files, revision {RECORD.revision[:12]}"


@pytest.mark.parametrize(
    ("changes", "name", "state", "detail"),
    [
        ({"files": {"pushtrain_start.py": "2" * 64}}, "code", "gone", "gone: train.py"),
        ({"files": {"train.py": "9" * 64, "a.py": "3" * 64}}, "code", "changed", "changed: train.py; added: a.py"),
        ({"images": {"train": "image:2"}}, "image train", "changed", "now image:2"),
        (
            {"parameters": {"train": {"hyperparameters": {"epochs": 30, "seed": 7}}, "own": {"max_runtime": 60}}},
            "parameters train",
            "changed",
            'hyperparameters {"epochs": 20, "seed": 7} → {"epochs": 30, "seed": 7}',
        ),
        ({"environment": "staging"}, "environment", "changed", "now staging"),
        ({"data": {}}, "data.raw", "gone", "S3 does not list it: there is no such bucket, or no access"),
    ],
)
def test_what_differs_hinders(changes: dict[str, Any], name: str, state: str, detail: str) -> None:
    differing = compare(**changes)
    assert [*differing] == [name]
    assert (differing[name].state, differing[name].detail, differing[name].hinders) == (state, detail, True)


def test_another_pushtrain_or_computer_hinders_nothing() -> None:
    differing = compare(
        pushtrain_version="9.0", runtime="Python 3.13.0, arm64", files={**FULL.files, "pushtrain_start.py": "0"}
    )
    assert {name: entry.hinders for name, entry in differing.items()} == {"pushtrain": False, "computer": False}


def test_a_run_that_continued_checkpoints_cannot_be_repeated_as_it_was() -> None:
    resumed: RunRecord = msgspec.structs.replace(FULL, resumed_from={"train": "r0"})
    (entry,) = (entry for entry in compare_records(resumed, resumed) if entry.hinders)
    assert entry.detail == "a reproduction begins without checkpoints"
    assert (entry.name, entry.recorded, entry.state) == ("checkpoints train", "of run r0", "changed")


def test_data_are_compared_by_version_or_content() -> None:
    def judge(current: RecordedData, recorded: RecordedData = DATA) -> tuple[str, str]:
        entry = compare_data("raw", recorded, current)
        return entry.state, entry.detail

    assert judge(msgspec.structs.replace(DATA, version="b" * 64)) == ("same", "")
    other = RecordedData(uri=DATA.uri, version="b" * 64, objects=409, bytes=3000)
    assert judge(other) == ("changed", "now 409 objects, 3000 bytes at s3://lake/raw/")
    empty = msgspec.structs.replace(other, objects=0, bytes=0)
    assert judge(empty) == ("gone", "nothing is left of 412 objects at s3://lake/raw/")
    marker = RecordedData(uri=DATA.uri, version="d" * 64, marker="s3://lake/raw/_SUCCESS")
    assert judge(marker) == ("changed", "now another marker at s3://lake/raw/")
    address = RecordedData(uri=DATA.uri)
    assert judge(address)[0] == "gone"
    assert judge(DATA, address) == ("unknown", "its version was not recorded")


def test_at_most_four_names_are_told() -> None:
    files = {f"{name}.py": "1" for name in "abcdef"}
    recorded = msgspec.structs.replace(FULL, files=files)
    (code,) = (entry for entry in compare_records(recorded, FULL) if entry.name == "code")
    assert code.detail == "gone: a.py, b.py, c.py, d.py and 2 more; added: train.py"


KNOWN, MOVED = (ImageDigest(digest=f"sha256:{digit * 64}") for digit in "12")
DENIED, GONE = (ImageDigest(digest=None, reason=reason) for reason in ("AccessDeniedException", "ImageNotFound"))


@pytest.mark.parametrize(
    ("recorded", "current", "state", "detail"),
    [
        (None, None, "same", ""),
        (KNOWN, KNOWN, "same", ""),
        (KNOWN, MOVED, "changed", f"the tag was moved: digest sha256:{'1' * 12}, now sha256:{'2' * 12}"),
        (KNOWN, DENIED, "unknown", f"digest sha256:{'1' * 12}, now unknown (AccessDeniedException)"),
        (None, KNOWN, "unknown", f"digest unknown, now sha256:{'1' * 12}"),
        (KNOWN, GONE, "gone", "ECR has it no more: ImageNotFound"),
    ],
)
def test_an_image_is_compared_by_its_digest(
    recorded: ImageDigest | None, current: ImageDigest | None, state: str, detail: str
) -> None:
    records = [
        msgspec.structs.replace(FULL, image_digests={"image:1": digest} if digest else {})
        for digest in (recorded, current)
    ]
    (entry,) = (entry for entry in compare_records(*records) if entry.name == "image train")
    assert (entry.recorded, entry.state, entry.detail) == ("image:1", state, detail)
    assert entry.hinders == (state in {"changed", "gone"})
