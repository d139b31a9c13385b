"""What a run came from, as text: what is not known is said, and what is not set is left out."""

from __future__ import annotations

import json

import msgspec
import pytest

from pushtrain.cli.terminal.origin_text import (
    build_origin_document,
    describe_data,
    list_data_facts,
    list_origin_facts,
    print_steps,
)
from pushtrain.lineage import build_origin
from pushtrain.record import ImageDigest, RecordedData, RecordedDefinition, RecordedReuse, RecordedStep, ReusedJob
from tests.sample_record import RECORD
from tests.sample_result import RESULT

JOB = ReusedJob(name="t-1", status="Completed", arn="arn", prefix="churn/runs/old/train/t-1")
RUN = msgspec.structs.replace(
    RECORD,
    template="train",
    definition=RecordedDefinition(key="churn/definitions/5e8848.json", version="arn:version:3"),
    runtime="Python 3.11.7, x86_64",
    steps={
        "preprocess": RecordedStep(inputs={"raw": "data.raw"}),
        "train": RecordedStep(inputs={"rows": "preprocess.rows"}),
    },
    parameters={"train": {"script": "t.py", "hyperparameters": {"lr": 0.1}, "environment": {}, "distribution": None}},
    reuse={"train": RecordedReuse(run="old", job=JOB)},
    resumed_from={"preprocess": "older"},
)
ORIGIN = build_origin(RUN, {RUN.run: RESULT})


def test_facts_name_what_made_the_definition() -> None:
    assert dict(list_origin_facts(ORIGIN)) == {
        "code": RECORD.code,
        "config": f"{RECORD.config.uri}, S3 version v1",
        "template": "train",
        "pushtrain": "0.1.0 · Python 3.11.7, x86_64",
        "trigger": "push",
        "definition": "churn/definitions/5e8848.json · arn:version:3",
    }


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (RecordedData(uri="s3://a/"), "version unknown: its objects could not be listed"),
        (
            RecordedData(uri="s3://a/", version="ab" * 32, objects=1, bytes=51),
            "version abababababab · 1 object · 51 bytes",
        ),
        (
            RecordedData(uri="s3://a/", version="ab" * 32, objects=412, bytes=3100412),
            "version abababababab · 412 objects · 3,100,412 bytes",
        ),
    ],
)
def test_data_have_their_version_and_size(entry: RecordedData, text: str) -> None:
    assert describe_data(entry) == text
    assert list(list_data_facts({"raw": entry})) == [("data.raw", "s3://a/"), ("", text)]


def test_steps_are_printed_with_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    print_steps(ORIGIN)
    image, job = RESULT.jobs[0].image, RESULT.jobs[0].name
    assert capsys.readouterr().out.splitlines() == [
        "  steps",
        f"    preprocess  image        {image} (imitated on this computer)",
        "                reads        raw = data.raw",
        "                packages     1 installed: --json",
        f"                job          {job}",
        "                checkpoints  of run older",
        "    train       image        unknown",
        "                reads        rows = preprocess.rows",
        '                parameters   hyperparameters={"lr": 0.1}',
        "                packages     unknown",
        "                job          t-1, reused from run old",
    ]
    print_steps(msgspec.structs.replace(ORIGIN, steps=()))
    assert capsys.readouterr().out == ""


def test_the_installed_version_of_the_framework_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """On this computer it is often newer than that of the image."""
    packages = {"numpy": "2.1.0", "scikit-learn": "1.9.1"}
    step = msgspec.structs.replace(ORIGIN.steps[0], packages=packages)
    print_steps(msgspec.structs.replace(ORIGIN, steps=(step,)))
    assert "packages     scikit-learn 1.9.1 · 2 installed: --json" in capsys.readouterr().out
    assert msgspec.structs.replace(step, image="123.dkr.ecr.us-east-1.amazonaws.com/own:1").framework == ""


def test_what_stood_in_for_data_in_s3_is_named() -> None:
    entry = RecordedData(uri="s3://lake/raw/", stand_in="data/sample/")
    assert next(list_data_facts({"raw": entry})) == ("data.raw", "s3://lake/raw/ (on this computer data/sample/)")


def test_the_document_is_json() -> None:
    document = build_origin_document(ORIGIN)
    assert document
    assert json.loads(json.dumps(document))["steps"][0]["packages"] == {"numpy": "1.26.4"}
    assert build_origin_document(None) is None


def test_the_digest_of_an_image_is_printed_if_somebody_asked(capsys: pytest.CaptureFixture[str]) -> None:
    first, *others = ORIGIN.steps
    digests = (ImageDigest(digest=f"sha256:{'1' * 64}"), ImageDigest(digest=None, reason="AccessDeniedException"))
    for digest in digests:
        steps = (msgspec.structs.replace(first, digest=digest), *others)
        print_steps(msgspec.structs.replace(ORIGIN, steps=steps))
    printed = capsys.readouterr().out
    assert f"                digest       sha256:{'1' * 12}\n" in printed
    assert "                digest       unknown (AccessDeniedException)\n" in printed
    assert printed.count("digest") == len(digests)
