"""Classes of the SageMaker SDK for a framework or an image."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

IMAGE = "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"


def read_pipeline(source: str) -> Pipeline:
    config = f"model: churn\npreprocess: {{{source}}}\ntrain: {{{source}, instance: ml.m5.large}}\n"
    return Pipeline(load_config(config.encode()).config, Platform.local())


@pytest.mark.parametrize(
    ("source", "estimator", "processor"),
    [
        ("framework: sklearn 1.2-1", "SKLearn", "Processor"),
        ("framework: xgboost 1.7-1", "XGBoost", "XGBoostProcessor"),
        ("framework: pytorch 2.6", "PyTorch", "PyTorchProcessor"),
        (IMAGE, "Estimator", "Processor"),
    ],
)
def test_each_framework_has_its_classes(source: str, estimator: str, processor: str) -> None:
    from pushtrain.sdk import build_estimator, build_processor

    pipeline = read_pipeline(source)
    assert type(build_estimator(pipeline, "train")).__name__ == estimator
    assert type(build_processor(pipeline, "preprocess")).__name__ == processor


def test_a_list_of_instance_types_is_refused_with_the_template_that_takes_it() -> None:
    from pushtrain.sdk import build_estimator

    pipeline = read_pipeline(IMAGE)
    several = load_config(b"model: churn\ntrain: {image: 'own:1', instance: [ml.m5.large, ml.c5.xlarge]}\n").config
    with pytest.raises(TemplateError) as error:
        build_estimator(Pipeline(several, pipeline.platform), "train")
    assert str(error.value) == (
        "train.instance: the SageMaker SDK, with which this template is written, takes one instance type for a job. "
        "Write `instance: ml.m5.large`, or use `template: train`"
    )


def test_the_image_is_that_of_the_catalog() -> None:
    from pushtrain.sdk import build_estimator

    pipeline = read_pipeline("framework: pytorch 2.6")
    image = pipeline.build_request("train")[1]["AlgorithmSpecification"]["TrainingImage"]
    assert build_estimator(pipeline, "train").image_uri == image
