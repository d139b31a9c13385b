"""The lineage index: what a run used, and which runs a data address, a data version or an image means."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.lineage import LineageIndex, RunInputs, build_inputs, index
from pushtrain.record import ImageDigest, RecordedData
from tests.sample_record import RECORD
from tests.sample_result import RESULT

VERSION = "906aa68d1ef2" + "0" * 52
CONTENT = "9824a171087d" + "0" * 52
RAW = RecordedData(uri="s3://lake/churn/2026-11/", version=VERSION, sha256=CONTENT)
INPUTS = RunInputs(
    model="churn",
    run="r1",
    environment="prod",
    data={"raw": RAW, "labels": RecordedData(uri="s3://lake/labels.csv")},
    images={"train": "1.dkr.ecr/team/net:2.6", "evaluate": "localhost:5000/net@sha256:ab"},
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("s3://lake/churn/2026-11/", ("raw",)),
        ("s3://lake/churn/2026-11", ("raw",)),
        ("s3://lake/churn/", ("raw",)),  # the folder above
        ("s3://lake", ("raw", "labels")),
        ("s3://lake/churn/2026-11/part-1.parquet", ("raw",)),  # an object in it
        ("s3://lake/chu", ()),  # no folder
        ("s3://lake/churn/2026-12/", ()),
        ("s3://other/", ()),
        ("s3://", ("raw", "labels")),
        (VERSION, ("raw",)),
        (VERSION[:8], ("raw",)),
        (CONTENT[:8], ("raw",)),
        ("00000000", ()),
    ],
)
def test_data_are_named_by_address_or_version(text: str, names: tuple[str, ...]) -> None:
    assert INPUTS.list_data(text) == names


@pytest.mark.parametrize(
    ("image", "steps"),
    [
        ("1.dkr.ecr/team/net:2.6", ("train",)),
        ("1.dkr.ecr/team/net", ("train",)),
        ("1.dkr.ecr/team/net:2", ()),
        ("localhost:5000/net", ("evaluate",)),
        ("localhost:5000/net@sha256:ab", ("evaluate",)),
        ("net", ()),
    ],
)
def test_an_image_without_a_tag_means_every_tag(image: str, steps: tuple[str, ...]) -> None:
    assert INPUTS.list_steps(image) == steps


def test_the_images_of_jobs_count_before_those_of_the_record() -> None:
    record = msgspec.structs.replace(RECORD, images={"preprocess": "a", "train": "b", "evaluate": None})
    inputs = build_inputs(record, RESULT)
    assert inputs.images == {"preprocess": RESULT.jobs[0].image, "train": "b"}
    assert (inputs.outcome, inputs.model_version, inputs.started) == ("registered", 3, RESULT.times.started)


def test_a_run_that_has_not_ended_is_the_newest() -> None:
    inputs = build_inputs(msgspec.structs.replace(RECORD, run="open", experiment={}), None)
    assert (inputs.started, inputs.outcome, inputs.model_version, inputs.is_experiment) == ("", "", None, True)
    assert index.sort_runs([msgspec.structs.replace(INPUTS, started="2026"), inputs])[0] is inputs


def test_a_run_replaces_itself_and_the_oldest_run_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MAX_RUNS", 2)
    lineage = LineageIndex()
    for run, started in (("r1", "2026-01"), ("r2", "2026-02"), ("r2", "2026-03"), ("r3", "2026-04")):
        lineage = lineage.add(msgspec.structs.replace(INPUTS, run=run, started=started))
    assert [(run.run, run.started) for run in lineage.runs] == [("r3", "2026-04"), ("r2", "2026-03")]
    assert LineageIndex.from_json(lineage.to_json()) == lineage


def test_an_image_is_named_by_its_digest_too() -> None:
    digests = {"a": ImageDigest(digest=f"sha256:{'1' * 64}"), "b": ImageDigest(digest=None, reason="denied")}
    record = msgspec.structs.replace(RECORD, images={"split": "a", "train": "b"}, image_digests=digests)
    for result in (None, msgspec.structs.replace(RESULT, jobs=())):
        inputs = build_inputs(record, result)
        assert inputs.list_steps(f"sha256:{'1' * 64}") == inputs.list_steps(f"sha256:{'1' * 12}") == ("split",)
        assert inputs.list_steps(f"sha256:{'2' * 12}") == ()
        assert LineageIndex.from_json(LineageIndex().add(inputs).to_json()).runs == (inputs,)
