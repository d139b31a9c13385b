"""How an endpoint would serve the model: its image and environment variables, and the raw fields of jobs. Pure."""

from __future__ import annotations

from typing import Any

from pushtrain.catalog import images
from pushtrain.config import (
    Candidate,
    Config,
    find_candidate_model,
    find_serving_framework,
    find_trainer,
    list_steps,
)
from pushtrain.platform import Platform
from pushtrain.workflow.candidates import find_jobs_path
from pushtrain.workflow.runtime_values import build_source_uri


def describe_inference(config: Config, platform: Platform) -> dict[str, Any]:
    """Return image and environment of the model's container. The verdict records both; an approval compares them."""
    assert config.registration is not None  # noqa: S101 - `register` and `decide` check it
    inference = config.registration.inference
    image = find_serving_image(config, platform, inference.instances[0])
    return {"image": image, "environment": inference.variables}


def build_container(variant: Candidate, platform: Platform) -> dict[str, Any]:
    """Return the container that serves a model, as CreateModel and CreateModelPackage take it."""
    source = find_candidate_model(variant)
    assert source is not None  # noqa: S101 - the rules of config.yaml check it
    inference = describe_inference(variant.config, platform)
    model = build_source_uri(platform, source, jobs=find_jobs_path(variant))
    environment = {"Environment": inference["environment"]} if inference["environment"] else {}
    return {"Image": inference["image"], "ModelDataUrl.$": model, **environment}


def list_raw_fields(config: Config, candidate: Candidate | None = None) -> dict[str, dict[str, Any]]:
    """Return the fields that config.yaml sets with `sagemaker:`, by step. The verdict shows them to the approver.

    Of a candidate: those of its own steps and of the steps that all share.
    """
    names = {"", candidate.name} if candidate else {""}
    steps = (step for step in list_steps(config) if step.candidate in names)
    return {step.name: dict(step.settings.sagemaker) for step in steps if step.settings.sagemaker}


def find_serving_image(config: Config, platform: Platform, instance: str) -> str:
    """Return the image of the model's container on an instance type. Raises NoImage if AWS has none."""
    assert config.registration is not None  # noqa: S101 - the rules of config.yaml check it
    inference = config.registration.inference
    framework = find_serving_framework(config)
    if framework is None:
        trainer = find_trainer(config)
        return inference.image or (trainer.image if trainer else None) or ""
    return images.build_image_uri(framework, scope="inference", instance=instance, region=platform.region)
