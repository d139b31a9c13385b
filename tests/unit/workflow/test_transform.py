"""A step in which the trained model answers rows: its states, whatever happens."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

CONFIG = """model: churn
data: {rows: s3://lake/rows/}
train: {framework: sklearn 1.2-1}
steps: {predict: {kind: transform, inputs: [train.model, data.rows], max_runtime: 90m, wait_for_capacity: 1h}}
register: {inference: {environment: {MODE: fast}}}
"""
HERE = Platform.local()


def build_states(config: str = CONFIG, platform: Platform = HERE) -> dict[str, Any]:
    return dict(Pipeline(load_config(config.encode()).config, platform).run_job("predict").states)


def test_whatever_happens_the_model_is_deleted() -> None:
    states = build_states()
    ways = {
        name: [state.get("Next") or state.get("Default"), *(c["Next"] for c in state.get("Catch", ()))]
        for name, state in states.items()
        if state["Type"] != "Fail"
    }
    assert ways == {
        "create model predict": ["predict"],
        "predict": ["delete model predict", "delete model of failed predict"],
        "delete model predict": ["predict completed?", "predict completed?"],
        "delete model of failed predict": ["predict ended in time?", "predict ended in time?"],
        "predict ended in time?": ["predict failed"],
        "predict completed?": [None],
    }


def test_a_run_fails_with_the_error_of_the_job() -> None:
    states = build_states()
    assert states["predict failed"] == {
        "Type": "Fail",
        "ErrorPath": "$.errors.predict.Error",
        "CausePath": "$.errors.predict.Cause",
    }
    assert states["predict"]["TimeoutSeconds"] == 5400
    assert states["predict did not end in time"] == {
        "Type": "Fail",
        "Error": "States.Timeout",
        "Cause": "The predict job ran longer than its max_runtime, 1h 30m. "
        "This run cannot be redriven; start it anew with: pushtrain push DIR --again",
    }


def test_the_model_has_the_container_of_an_endpoint_and_the_network_of_jobs() -> None:
    platform = msgspec.structs.replace(HERE, isolation=True)
    request = build_states(platform=platform)["create model predict"]["Parameters"]
    assert request["PrimaryContainer"]["Image"].endswith("/sagemaker-scikit-learn:1.2-1-cpu-py3")
    assert request["PrimaryContainer"]["Environment"] == {"MODE": "fast"}
    assert "$.jobs.train.prefix" in request["PrimaryContainer"]["ModelDataUrl.$"]
    assert request["EnableNetworkIsolation"] is True


@pytest.mark.parametrize(("instance", "image"), [("ml.m5.large", "cpu"), ("ml.g4dn.xlarge", "gpu")])
def test_the_image_fits_the_instance_of_the_step(instance: str, image: str) -> None:
    config = CONFIG.replace("max_runtime: 90m", f"instance: {instance}").replace("sklearn 1.2-1", "pytorch 2.6")
    assert f"-{image}-" in build_states(config)["create model predict"]["Parameters"]["PrimaryContainer"]["Image"]


def test_code_of_the_inference_is_started_as_at_an_endpoint() -> None:
    config = CONFIG.replace("{environment: {MODE: fast}}", "{code: [inference.py]}")
    container = build_states(config)["create model predict"]["Parameters"]["PrimaryContainer"]
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
