"""What a template is written with: one Config on one Platform, and the parts a workflow is made of. Pure.

Every function returns a Fragment, empty when config.yaml leaves the part out, so a template lists the
parts in order and needs no `if`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.catalog import images, instances
from pushtrain.config import (
    REPORT_METADATA,
    RUN_METADATA,
    Condition,
    Config,
    Evaluate,
    Preprocess,
    Train,
    find_serving_framework,
)
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import gate as gates
from pushtrain.workflow import jobs, names
from pushtrain.workflow.states import (
    EMPTY,
    NO_REDRIVE,
    Fragment,
    build_state,
    build_task,
    chain,
    fail,
    format_string,
    guard,
)


@dataclass(frozen=True)
class Pipeline:
    """A model's config and the platform it will run on."""

    config: Config
    platform: Platform

    @property
    def conditions(self) -> Sequence[Condition]:
        """The gate's conditions."""
        return self.config.conditions

    def run_job(self, step: str) -> Fragment:
        """Run a step's job and go on only if it completed. Its result is `$.jobs.<step>`: name, status, arn."""
        if step not in self.config.steps:
            return EMPTY
        kind, request = self.build_request(step)
        prefix = f"arn:{self.platform.partition}:states:::sagemaker"
        run = build_task(
            step,
            f"{prefix}:create{kind}Job.sync",
            request,
            ResultSelector=select_job_result(kind),
            ResultPath=f"$.jobs.{step}",
        )
        return chain(run, require_completed(step))

    def build_request(self, step: str) -> tuple[str, dict[str, Any]]:
        """Kind of a step's job (`Processing` or `Training`) and its whole request."""
        wanted = self.config.steps[step]
        _refuse_looser(self.config, self.platform)
        match wanted:
            case Preprocess():
                return "Processing", jobs.build_preprocess_request(self.config, self.platform, wanted)
            case Evaluate():
                return "Processing", jobs.build_evaluate_request(self.config, self.platform, wanted)
            case Train():
                return "Training", jobs.build_train_request(self.config, self.platform, wanted)
        raise AssertionError(f"no job is known for {type(wanted).__name__}")


def build_job_name(pipeline: Pipeline, step: str) -> str:
    """The intrinsic that names the job of a step, also of one that config.yaml does not know: new with each attempt."""
    return jobs.build_job_name(pipeline.config, pipeline.platform, step)


def select_job_result(kind: str) -> dict[str, str]:
    """ResultSelector of a job's Task: what later states may know of it, and no more."""
    return {"name.$": f"$.{kind}JobName", "status.$": f"$.{kind}JobStatus", "arn.$": f"$.{kind}JobArn"}


def require_completed(step: str) -> Fragment:
    """Go on only if the step's job completed: a stopped job comes back as a result, not as an error."""
    cause = f"The {step} job ended as {{}}: it was stopped or ran out of time. {NO_REDRIVE}"
    status = f"$.jobs.{step}.status"
    stopped = fail(f"{step} did not complete", "JobNotCompleted", format_string(cause, status))
    return guard(f"{step} completed?", [({"Not": {"Variable": status, "StringEquals": "Completed"}}, stopped)])


def read_metrics(pipeline: Pipeline) -> Fragment:
    """Read evaluation.json and copy the gate's metrics to `$.metrics`, each checked to be a finite number."""
    return gates.read_metrics(pipeline.config, pipeline.platform)


def gate(conditions: Sequence[Condition], *, passed: Fragment, otherwise: Fragment) -> Fragment:
    """`passed` when every condition holds, else `otherwise`."""
    return gates.gate(conditions, passed=passed, otherwise=otherwise)


def register(pipeline: Pipeline) -> Fragment:
    """Register the model as a version that waits for approval; end with outcome `registered`."""
    if pipeline.config.registration is None:
        return _outcome("not registered", reason="config.yaml has no `register`")
    create = build_task(
        "register",
        f"arn:{pipeline.platform.partition}:states:::aws-sdk:sagemaker:createModelPackage",
        build_model_package_request(pipeline.config, pipeline.platform),
        ResultSelector={"model_package.$": "$.ModelPackageArn"},
        ResultPath="$.registered",
    )
    done = {"outcome": "registered", "model_package.$": "$.registered.model_package", "jobs.$": "$.jobs"}
    return chain(create, build_state("registered", {"Type": "Pass", "Parameters": done}))


def skip_registration(pipeline: Pipeline) -> Fragment:
    """End well without a model version, telling each metric and its bound."""
    if not pipeline.conditions:
        return EMPTY
    return _outcome("not registered", reason=gates.describe_verdict(pipeline.conditions))


def build_model_package_request(config: Config, platform: Platform) -> dict[str, Any]:
    """The CreateModelPackage request: what was trained, from what, how well, waiting for approval."""
    request: dict[str, Any] = {
        "ModelPackageGroupName": config.model,
        "ModelApprovalStatus": "PendingManualApproval",
        "ClientToken.$": "States.Hash($$.Execution.Id, 'MD5')",  # 32 hex of at most 36: one version for one run
        "InferenceSpecification": _inference(config, platform),
        "CustomerMetadataProperties": _metadata(config, platform),
        "MetadataProperties": {
            "CommitId.$": "$$.Execution.Input.git.commit",
            "Repository.$": "$$.Execution.Input.git.repository",
            "GeneratedBy.$": "$$.Execution.Id",
        },
    }
    if config.evaluate:
        evaluation = {"ContentType": "application/json", "S3Uri.$": jobs.build_evaluation_uri(config, platform)}
        request["ModelMetrics"] = {"ModelQuality": {"Statistics": evaluation}}
    if config.registration and config.registration.description:
        request["ModelPackageDescription"] = config.registration.description
    return request


def _inference(config: Config, platform: Platform) -> dict[str, Any]:
    assert config.registration is not None  # noqa: S101 - `register` looked already
    inference = config.registration.inference
    container: dict[str, Any] = {
        "Image": _inference_image(config, platform),
        "ModelDataUrl.$": jobs.build_model_uri(config, platform),
    }
    batch = [name for name in inference.instances if name in instances.list_transform_instances()]
    if inference.environment:
        container["Environment"] = dict(inference.environment)
    return {
        "Containers": [container],
        "SupportedContentTypes": list(inference.content_types),
        "SupportedResponseMIMETypes": list(inference.response_types),
        "SupportedRealtimeInferenceInstanceTypes": list(inference.instances),
    } | ({"SupportedTransformInstanceTypes": batch} if batch else {})


def _inference_image(config: Config, platform: Platform) -> str:
    assert config.registration is not None  # noqa: S101 - `register` looked already
    inference = config.registration.inference
    framework = find_serving_framework(config)
    if framework is None:
        return inference.image or config.train.image or ""
    return images.build_image_uri(framework, scope="inference", instance=inference.instances[0], region=platform.region)


def _metadata(config: Config, platform: Platform) -> dict[str, str]:
    """CustomerMetadataProperties; `pushtrain.launch.launch` sees to it that the values fit the registry's charset.

    The report is not there yet, but its address is: it is written when the run has ended.
    """
    fixed = [*RUN_METADATA, *(f"data.{name}" for name in config.data)]
    values = {f"{key}.$": f"$$.Execution.Input.metadata['{key}']" for key in fixed}
    values[f"{REPORT_METADATA}.$"] = format_string(names.build_report_uri(platform, config.model, "{}"), jobs.RUN)
    metrics = gates.build_metric_paths(config.conditions)
    texts = {f"{names.build_metric_key(metric)}.$": format_string("{}", copy) for metric, copy in metrics.items()}
    if len(texts) < len(metrics):
        keys = [names.build_metric_key(metric) for metric in metrics]
        same = " and ".join(metric for metric, key in zip(metrics, keys, strict=True) if keys.count(key) > 1)
        raise TemplateError(f"{same} would have one name in the registry's metadata. Rename one", key="register.when")
    return values | texts


def _outcome(name: str, *, reason: str) -> Fragment:
    key = "reason.$" if reason.startswith("States.") else "reason"
    parameters = {"outcome": "not_registered", key: reason, "jobs.$": "$.jobs"}
    return build_state(name, {"Type": "Pass", "Parameters": parameters})


def _refuse_looser(config: Config, platform: Platform) -> None:
    """config.yaml may choose among the platform's subnets and groups, not add to them; nor leave its KMS key."""
    for name, key in (("volume", config.kms.volume), ("output", config.kms.output)):
        if platform.kms_key and key not in {None, platform.kms_key}:
            raise TemplateError(
                f"{key} is not this platform's key. Leave it out: {platform.kms_key} is used", key=f"kms.{name}"
            )
    vpc = config.network.vpc
    if vpc is None or not platform.subnets:
        return
    foreign = [item for item in vpc.subnets if item not in platform.subnets]
    foreign += [item for item in vpc.security_groups if item not in platform.security_groups]
    if foreign:
        raise TemplateError(
            f"{', '.join(foreign)} is not of this platform. "
            f"Choose among {', '.join((*platform.subnets, *platform.security_groups))}, or leave network.vpc out",
            key="network.vpc",
        )
