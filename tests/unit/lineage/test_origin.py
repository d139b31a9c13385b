"""What a run came from: its record, the jobs whose outputs count, and the earlier runs whose jobs were reused."""

from __future__ import annotations

import msgspec

from pushtrain.lineage import build_origin
from pushtrain.record import ImageDigest, RecordedReuse, RecordedStep, ReusedJob
from tests.sample_record import RECORD
from tests.sample_result import PREPARED, RESULT

TRAINED = msgspec.structs.replace(
    PREPARED, step="train", kind="training", name="t-1", image="net:2", packages={"torch": "2"}
)
STEPS = {
    "train": RecordedStep(inputs={"train": "preprocess.train"}),
    "preprocess": RecordedStep(inputs={"raw": "data.raw"}),
}
DIGESTS = {"net:2": ImageDigest(digest="sha256:1")}
RUN = msgspec.structs.replace(
    RECORD, steps=STEPS, images={"train": "net:1"}, image_digests=DIGESTS, parameters={"train": {"instances": 2}}
)


def test_steps_are_in_order_with_their_jobs_images_and_packages() -> None:
    failed = msgspec.structs.replace(TRAINED, name="t-0", status="Failed")
    result = msgspec.structs.replace(RESULT, jobs=(PREPARED, failed, TRAINED), data_changed=("raw",))
    origin = build_origin(RUN, {RUN.run: result})
    assert [step.name for step in origin.steps] == ["preprocess", "train"]
    train = origin.steps[1]
    assert (train.job, train.run, train.image, train.packages) == ("t-1", RUN.run, "net:2", {"torch": "2"})
    assert train.digest == ImageDigest(digest="sha256:1")
    assert (train.inputs, train.parameters) == ({"train": "preprocess.train"}, {"instances": 2})
    assert (origin.data, origin.data_changed, origin.pushtrain_version) == (RECORD.data, ("raw",), "0.1.0")


def test_a_reused_job_tells_the_run_that_it_is_of() -> None:
    job = ReusedJob(name="t-1", status="Completed", arn="arn", prefix="churn/runs/old/train/t-1")
    record = msgspec.structs.replace(RUN, reuse={"train": RecordedReuse(run="old", job=job)})
    origin = build_origin(record, {RUN.run: RESULT, "old": msgspec.structs.replace(RESULT, run="old", jobs=(TRAINED,))})
    train = origin.steps[1]
    assert (train.job, train.run, train.image, train.packages) == ("t-1", "old", "net:2", {"torch": "2"})


def test_without_results_the_record_tells_what_it_can() -> None:
    train = build_origin(RUN, {}).steps[1]
    assert (train.job, train.image, train.packages) == ("", "net:1", None)
