"""The end of a workflow: register the model as a model version, or end without one. Pure.

Source of the fields: API shape CreateModelPackageInput.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pushtrain.catalog import instances
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config import (
    ARTIFACT_METADATA,
    CANDIDATE_METADATA,
    REPORT_METADATA,
    VERDICT_METADATA,
    Candidate,
    Config,
    find_candidate_evaluation,
    list_tuned,
    list_variants,
    names_verdict,
)
from pushtrain.errors import TemplateError
from pushtrain.layout import EVALUATION_FILE
from pushtrain.platform import Platform
from pushtrain.record import list_metadata_keys
from pushtrain.workflow import names, runtime_values
from pushtrain.workflow.candidates import find_jobs_path
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.gate import ARTIFACT, DOCUMENT, METRICS, REASON, WINNER, build_metric_path, build_tuned_path
from pushtrain.workflow.inference import build_container
from pushtrain.workflow.serving_test import test_serving
from pushtrain.workflow.states import EMPTY, Fragment, State, build_choice, build_state, build_task, chain

EXPERIMENT_REASON = "experiments and reproductions register nothing"


def register(pipeline: Pipeline) -> Fragment:
    """Register the model as a model version that waits for approval. End the run with outcome `registered`.

    Before, it must pass its serving test if config.yaml has one. An experiment ends here without a version.
    """
    if pipeline.config.registration is None:
        return _end_without_version("not registered", reason="config.yaml has no `register`")
    if pipeline.platform.experiment is not None:
        return _end_without_version("experiment", **{"reason": EXPERIMENT_REASON, "metrics.$": METRICS})
    output: State = {
        "outcome": "registered",
        "model_package.$": "$.registered.model_package",
        "metrics.$": METRICS,
        "jobs.$": "$.jobs",
    }
    if pipeline.candidates:
        output["candidate.$"] = WINNER
    create = _register_variants(pipeline, list_variants(pipeline.config))
    return chain(test_serving(pipeline), create, build_state("registered", {"Type": "Pass", "Parameters": output}))


def _register_variants(pipeline: Pipeline, variants: Sequence[Candidate]) -> Fragment:
    """Register the candidate that won. The last one needs no rule: the winner is one of them."""
    first, *others = variants
    create = build_task(
        f"register {first.name}".strip(),
        f"arn:{pipeline.platform.partition}:states:::aws-sdk:sagemaker:createModelPackage",
        build_model_package_request(pipeline.config, pipeline.platform, first),
        ResultSelector={"model_package.$": "$.ModelPackageArn"},
        ResultPath="$.registered",
    )
    if not others:
        return create
    rule = {"Variable": WINNER, "StringEquals": first.name}
    return build_choice(f"{first.name} won?", rule, then=create, otherwise=_register_variants(pipeline, others))


def skip_registration(pipeline: Pipeline) -> Fragment:
    """End the run as succeeded, without a model version. The reason lists each condition that does not hold."""
    if not pipeline.conditions:
        return EMPTY
    return _end_without_version("not registered", **{"reason.$": REASON, "metrics.$": METRICS})


def build_model_package_request(config: Config, platform: Platform, variant: Candidate | None = None) -> dict[str, Any]:
    """Return the CreateModelPackage request: the model, its origin and its metrics. It waits for approval.

    `variant` is the candidate whose model it is, None if config.yaml has no candidates.
    """
    variant = variant or list_variants(config)[0]
    request: dict[str, Any] = {
        "ModelPackageGroupName": platform.build_group_name(config.model),
        "ModelApprovalStatus": "PendingManualApproval",
        # One model version for one run. AWS takes at most 36 characters, these are 32.
        "ClientToken.$": "States.Hash($$.Execution.Id, 'MD5')",
        "InferenceSpecification": _build_inference_specification(variant, platform),
        "CustomerMetadataProperties": _build_metadata(config, platform, variant),
        "MetadataProperties": {
            "CommitId.$": "$$.Execution.Input.git.commit",
            "Repository.$": "$$.Execution.Input.git.repository",
            "GeneratedBy.$": "$$.Execution.Id",
        },
    }
    if source := find_candidate_evaluation(variant):
        uri = runtime_values.build_source_uri(platform, source, EVALUATION_FILE, jobs=find_jobs_path(variant))
        evaluation = {"ContentType": "application/json", "S3Uri.$": uri}
        request["ModelMetrics"] = {"ModelQuality": {"Statistics": evaluation}}
    if config.registration and config.registration.description:
        request["ModelPackageDescription"] = config.registration.description
    return request


def _build_inference_specification(variant: Candidate, platform: Platform) -> dict[str, Any]:
    config = variant.config
    assert config.registration is not None  # noqa: S101 - `register` checks it
    inference = config.registration.inference
    batch = [name for name in inference.instances if name in instances.list_job_instances(TRANSFORM)]
    return {
        "Containers": [build_container(variant, platform)],
        "SupportedContentTypes": list(inference.content_types),
        "SupportedResponseMIMETypes": list(inference.response_types),
        "SupportedRealtimeInferenceInstanceTypes": list(inference.instances),
    } | ({"SupportedTransformInstanceTypes": batch} if batch else {})


def _build_metadata(config: Config, platform: Platform, variant: Candidate) -> dict[str, str]:
    """Return the CustomerMetadataProperties. The values come from the execution input, which encodes them for AWS.

    The report is written when the run has ended, but its address is known now. If metrics and searched hyperparameters
    do not fit, verdict.json is named instead, with its hash. Raises TemplateError if two of them have the same key.
    """
    values = {f"{key}.$": f"$$.Execution.Input.metadata['{key}']" for key in list_metadata_keys(config.data)}
    values[f"{REPORT_METADATA}.$"] = runtime_values.build_report_uri(config, platform)
    values |= {f"{key}.$": f"{ARTIFACT}.{member}" for key, member in ARTIFACT_METADATA.items()}
    values |= {CANDIDATE_METADATA: variant.name} if variant.name else {}
    if names_verdict(config):
        return values | {f"{key}.$": f"{DOCUMENT}.{member}" for key, member in VERDICT_METADATA.items()}
    return values | _build_metric_metadata(config) | _build_tuned_metadata(list_tuned(variant.config))


def _build_metric_metadata(config: Config) -> dict[str, str]:
    """Return the metrics of the gate. Raises TemplateError if two have the same key."""
    metrics = dict.fromkeys(condition.label for condition in config.conditions)
    metric_values = {f"{names.build_metric_key(metric)}.$": build_metric_path(metric) for metric in metrics}
    if len(metric_values) < len(metrics):
        keys = [names.build_metric_key(metric) for metric in metrics]
        same = " and ".join(metric for metric, key in zip(metrics, keys, strict=True) if keys.count(key) > 1)
        raise TemplateError(f"{same} would have one name in the registry's metadata. Rename one", key="register.when")
    return metric_values


def _build_tuned_metadata(tuned: Sequence[str]) -> dict[str, str]:
    """Return the hyperparameters that were searched. Raises TemplateError if two have the same key."""
    values = {f"{names.build_tuned_key(name)}.$": build_tuned_path(name) for name in tuned}
    if len(values) < len(tuned):
        raise TemplateError(
            f"two of {', '.join(tuned)} would have one name in the registry's metadata. Rename one", key="train.tune"
        )
    return values


def _end_without_version(name: str, **facts: str) -> Fragment:
    """End the run with outcome `not_registered`. `facts` are members of its output besides: the reason, metrics."""
    parameters = {"outcome": "not_registered", **facts, "jobs.$": "$.jobs"}
    return build_state(name, {"Type": "Pass", "Parameters": parameters})
