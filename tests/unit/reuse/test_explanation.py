"""What differs between two runs, in the words of config.yaml."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.record import ImageDigest, RecordedData, RecordedReuse, RecordedStep, ReusedJob, RunRecord
from pushtrain.reuse import DataChanges, explain_step, list_differences, sort_steps
from tests.sample_record import RECORD

ONE, TWO = (ImageDigest(digest=f"sha256:{digit * 64}") for digit in "12")
STEPS = {
    "split": RecordedStep(cache=True, inputs={"raw": "data.raw"}, unread=("train.py", "net.py")),
    "train": RecordedStep(cache=True, inputs={"train": "split.train"}, parts={"files": "1", "outputs": "1"}),
    "evaluate": RecordedStep(cache=True, inputs={"model": "train.model", "test": "split.test"}),
}
EARLIER = replace(
    RECORD,
    template="train",
    files={"split.py": "1", "train.py": "1", "net.py": "1"},
    data={"raw": RecordedData(uri="s3://lake/raw/", version="1", objects=120, bytes=9000)},
    images=dict.fromkeys(STEPS, "image:1"),
    parameters={"train": {"hyperparameters": {"epochs": 20, "name": "나무"}, "environment": {}}},
    step_keys=dict.fromkeys(STEPS, "k"),
    steps=STEPS,
    reuse=dict.fromkeys(STEPS, RecordedReuse(run="r1")),
)


def change_data(**changes: Any) -> dict[str, RecordedData]:
    return {"raw": replace(EARLIER.data["raw"], **changes)}


def change_parameters(**changes: Any) -> dict[str, Any]:
    return {"train": {**EARLIER.parameters["train"], **changes}}


@pytest.mark.parametrize(
    ("step", "changes", "differences"),
    [
        ("train", {}, []),
        ("train", {"template": "own"}, ["template train → own"]),
        ("train", {"files": {**EARLIER.files, "net.py": "2"}}, ["net.py changed"]),
        ("split", {"files": {**EARLIER.files, "net.py": "2"}}, []),
        ("train", {"files": {"train.py": "1", "net.py": "1", "new.py": "1"}}, ["new.py added", "split.py removed"]),
        ("train", {"images": {"train": "image:2"}}, ["image image:1 → image:2"]),
        (
            "train",
            {"images": {"train": f"{'1' * 90}/team/net:2"}},
            [f"image image:1 → {'1' * 59}…"],
        ),
        ("train", {"image_digests": {"image:1": ONE}}, [f"image digest unknown → sha256:{'1' * 12}"]),
        ("train", {"runtime": "Python 3.12.1, x86_64"}, ["runs on AWS → Python 3.12.1, x86_64"]),
        ("train", {"step_keys": {"split": "k2"}}, ["its input changed: split"]),
        ("evaluate", {"step_keys": {"split": "k2", "train": "k2"}}, ["its input changed: train, split"]),
        ("split", {"data": change_data(version="2", objects=125)}, ["data.raw: 120 → 125 objects"]),
        ("split", {"data": change_data(version="2", bytes=9001)}, ["data.raw: 9000 → 9001 bytes"]),
        ("split", {"data": change_data(version="2")}, ["data.raw: other content"]),
        ("split", {"data": change_data(uri="s3://lake/copy/")}, []),
        (
            "train",
            {"parameters": change_parameters(hyperparameters={"epochs": 30, "name": "나무"})},
            ["train.hyperparameters.epochs 20 → 30"],
        ),
        (
            "train",
            {"parameters": change_parameters(hyperparameters={"epochs": 20, "lr": 0.1})},
            ["train.hyperparameters.lr added (0.1)", "train.hyperparameters.name removed (나무)"],
        ),
        (
            "train",
            {"parameters": change_parameters(environment={"A": "x" * 100})},
            [f"train.environment.A added ({'x' * 59}…)"],
        ),
        (
            "train",
            {"steps": {"train": replace(STEPS["train"], inputs={"train": "split.train", "more": "data.raw"})}},
            ["train.inputs.more added (data.raw)"],
        ),
        (
            "train",
            {"steps": {"train": replace(STEPS["train"], parts={"files": "1", "outputs": "2"})}},
            ["outputs changed"],
        ),
    ],
)
def test_each_difference_is_named(step: str, changes: dict[str, Any], differences: list[str]) -> None:
    assert list_differences(replace(EARLIER, **changes), EARLIER, step) == differences


def test_the_objects_that_changed_are_counted_if_somebody_knows_them() -> None:
    record = replace(EARLIER, data=change_data(version="2", objects=122))
    changes = DataChanges(added=3, removed=1, changed=2)
    differences = list_differences(record, EARLIER, "split", lambda before, now: changes if before != now else None)
    assert differences == ["data.raw changed: 3 objects added, 1 removed, 2 changed"]
    assert list_differences(EARLIER, EARLIER, "split", lambda *_: changes) == []


@pytest.mark.parametrize(
    ("before", "now", "difference"),
    [
        (f"{'1' * 60}.dkr/net:1.2", f"{'1' * 60}.dkr/net:1.4", "…/net:1.2 → …/net:1.4"),
        ("a" * 80 + "b", "a" * 80 + "c", "…aaaaaaaaaab → …aaaaaaaaaac"),
        ("a" * 70, "a" * 70 + "b" * 80, f"…aaaaaaaaaa → …aaaaaaaaaa{'b' * 48}…"),
        (f"r/{'a' * 50}{'b' * 20}", f"r/{'a' * 50}c", "…aaaaaaaaaabbbbbbbbbbbbbbbbbbbb → …aaaaaaaaaac"),
    ],
)
def test_long_values_are_cut_so_that_the_difference_is_seen(before: str, now: str, difference: str) -> None:
    earlier = replace(EARLIER, images={"train": before})
    assert list_differences(replace(EARLIER, images={"train": now}), earlier, "train") == [f"image {difference}"]


def test_of_many_files_the_first_are_named() -> None:
    files = {f"f{number}.py": "1" for number in range(8)}
    record = replace(EARLIER, files={**EARLIER.files, **files})
    assert list_differences(record, EARLIER, "train") == ["f0.py, f1.py, f2.py, f3.py, f4.py and 3 more files added"]


@pytest.mark.parametrize(
    ("reuse", "reason"),
    [
        (RecordedReuse(), "first run"),
        (RecordedReuse(run="r1", hindrance="--fresh"), "--fresh"),
        (RecordedReuse(run="r1"), "something differs from run r1, whose record is gone"),
        (RecordedReuse(run="r1", job=ReusedJob(name="j", status="Completed", arn="a", prefix="p")), ""),
    ],
)
def test_a_step_says_why_it_runs(reuse: RecordedReuse, reason: str) -> None:
    record: RunRecord = replace(EARLIER, reuse={"train": reuse})
    assert explain_step(record, "train", None) == reason


def test_the_reason_is_every_difference() -> None:
    record = replace(EARLIER, files={**EARLIER.files, "net.py": "2"}, step_keys={"split": "k2"})
    assert explain_step(record, "train", EARLIER) == "net.py changed; its input changed: split"


def test_steps_come_after_those_they_read_from() -> None:
    assert sort_steps(replace(EARLIER, steps=dict(sorted(STEPS.items())))) == ["split", "train", "evaluate"]


@pytest.mark.parametrize(
    ("now", "differences"),
    [
        (ONE, []),
        (TWO, [f"image digest sha256:{'1' * 12} → sha256:{'2' * 12}"]),
        (
            ImageDigest(digest=None, reason="AccessDeniedException"),
            [f"image digest sha256:{'1' * 12} → unknown (AccessDeniedException)"],
        ),
    ],
)
def test_a_tag_that_was_moved_is_a_difference(now: ImageDigest, differences: list[str]) -> None:
    earlier = replace(EARLIER, image_digests={"image:1": ONE})
    assert list_differences(replace(earlier, image_digests={"image:1": now}), earlier, "train") == differences


def test_a_digest_that_nobody_knows_is_no_difference() -> None:
    reasons = [{"image:1": ImageDigest(digest=None, reason=reason)} for reason in ("AccessDeniedException", "timeout")]
    earlier, record = (replace(EARLIER, image_digests=digests) for digests in reasons)
    assert list_differences(record, earlier, "train") == []


def test_another_tag_says_nothing_of_digests() -> None:
    earlier = replace(EARLIER, image_digests={"image:1": ONE})
    record = replace(earlier, images={"train": "image:2"}, image_digests={"image:2": TWO})
    assert list_differences(record, earlier, "train") == ["image image:1 → image:2"]
