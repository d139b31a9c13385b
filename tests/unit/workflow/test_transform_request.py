"""The request of a transform step: what config.yaml says, and what it leaves to others."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

CONFIG = """model: churn
data: {rows: {s3: "s3://lake/rows/", content_type: text/libsvm}}
train: {framework: sklearn 1.2-1}
steps: {predict: {kind: transform, inputs: [train.model, data.rows]}}
register: {inference: {content_types: [application/json], response_types: [application/jsonlines]}}
"""


def build_request(config: str) -> dict[str, Any]:
    return Pipeline(load_config(config.encode()).config, Platform.local()).build_request("predict")[1]


@pytest.mark.parametrize(
    ("change", "content_type"),
    [
        (("", ""), "text/libsvm"),
        ((", content_type: text/libsvm", ""), "application/json"),
        (("data.rows]}", "data.rows], content_type: text/csv}"), "text/csv"),
    ],
)
def test_what_the_rows_are_is_said_by_the_step_or_the_data_or_the_model(
    change: tuple[str, str], content_type: str
) -> None:
    assert build_request(CONFIG.replace(*change))["TransformInput"]["ContentType"] == content_type


def test_a_file_as_a_whole_has_no_strategy() -> None:
    lines = build_request(CONFIG)
    assert (lines["TransformInput"]["SplitType"], lines["BatchStrategy"]) == ("Line", "MultiRecord")
    whole = build_request(CONFIG.replace("data.rows]}", "data.rows], split: none, accept: text/csv}"))
    assert (whole["TransformInput"]["SplitType"], whole["TransformOutput"]["AssembleWith"]) == ("None", "None")
    assert "BatchStrategy" not in whole
    assert (lines["TransformOutput"]["Accept"], whole["TransformOutput"]["Accept"]) == (
        "application/jsonlines",
        "text/csv",
    )


def test_answers_lie_in_the_folder_of_the_job() -> None:
    uri = build_request(CONFIG)["TransformOutput"]["S3OutputPath.$"]
    assert "/churn/runs/{}/predict/" in uri
    assert "/predictions/'" in uri
