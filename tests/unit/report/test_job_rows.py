"""The jobs of a run, and what they ran with, on its page."""

from __future__ import annotations

import msgspec

from pushtrain.record import ImageDigest, RecordedReuse, ReusedJob
from pushtrain.report.translations import LANGUAGES
from tests.sample_record import RECORD
from tests.unit.report.html_view import parse, read_table
from tests.unit.report.report_facts import facts, page


def test_what_was_reused_is_named_and_no_job_is_missed() -> None:
    job = ReusedJob(name="j", status="Completed", arn="a", prefix="p")
    record = msgspec.structs.replace(
        RECORD, reuse={"train": RecordedReuse(run="r0", job=job), "split": RecordedReuse()}
    )
    run = facts().run
    assert run
    document = parse(page(record=record, run=msgspec.structs.replace(run, jobs=())))
    assert "Steps reused from run train: r0" in document.text
    assert LANGUAGES["en"]["jobs_reused"] in document.text
    gone = parse(page(record=RECORD, run=msgspec.structs.replace(run, jobs=()))).text
    assert LANGUAGES["en"]["jobs_gone"] in gone
    assert "Steps reused" not in gone


def test_a_run_of_this_machine_is_billed_to_nobody() -> None:
    document = parse(page(is_local=True))
    assert read_table(document, "environment") == [
        ["Step", "Instances", "Status", "Time"],
        ["train", "ml.g5.xlarge × 2 (spot)", "Completed", "3 min 20 s"],
    ]
    assert "Cost Nothing: the run was on this computer." in document.text


def test_an_image_has_its_digest() -> None:
    record = msgspec.structs.replace(RECORD, image_digests={"image:1": ImageDigest(digest=f"sha256:{'1' * 64}")})
    assert f"image:1 · sha256:{'1' * 12}" in parse(page(record=record)).text
