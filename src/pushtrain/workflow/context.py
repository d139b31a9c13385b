"""A Pipeline is one Config on one Platform. Templates build the parts of a workflow from it; here those for jobs. Pure.

Each part is a Fragment. It is empty if config.yaml leaves the part out, so a template can list the parts in order
without `if`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.catalog.job_kinds import BY_AWS_NAME, JobKind
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config import Condition, Config, Evaluate, Preprocess, Train
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import jobs, runtime_values
from pushtrain.workflow.states import EMPTY, NO_REDRIVE, Fragment, build_task, chain, fail, format_string, guard


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
        """Run a step's job. Go on only if it completed. Its result is `$.jobs.<step>`: name, status and arn."""
        if step not in self.config.steps:
            return EMPTY
        kind, request = self.build_request(step)
        prefix = f"arn:{self.platform.partition}:states:::sagemaker"
        job = build_task(
            step,
            f"{prefix}:{kind.build_operation('create')}.sync",
            request,
            ResultSelector=select_job_result(kind.aws_name),
            ResultPath=f"$.jobs.{step}",
        )
        return chain(job, require_completed(step))

    def build_request(self, step: str) -> tuple[JobKind, dict[str, Any]]:
        """Return the kind of a step's job and its complete request.

        Raises TemplateError if config.yaml contradicts the platform's network or keys.
        """
        config, platform, settings = self.config, self.platform, self.config.steps[step]
        _check_security(config, platform)
        match settings:
            case Preprocess():
                return settings.kind, jobs.build_preprocess_request(config, platform, settings)
            case Evaluate():
                return settings.kind, jobs.build_evaluate_request(config, platform, settings)
            case Train():
                return settings.kind, jobs.build_train_request(config, platform, settings)
        raise AssertionError(f"no job is known for {type(settings).__name__}")


def build_job_name(pipeline: Pipeline, step: str) -> str:
    """Return the intrinsic that names a step's job, with a new name for each run, redrive and retry.

    `step` is any text with an ASCII letter or digit; config.yaml need not have such a step.
    """
    return runtime_values.build_job_name(pipeline.config, pipeline.platform, step)


def select_job_result(kind: str) -> dict[str, str]:
    """Return the ResultSelector of a job's Task: it keeps name, status and ARN.

    `kind` is `Processing` or `Training`. Raises TemplateError if it is neither.
    """
    job_kind = BY_AWS_NAME.get(kind)
    if job_kind is None:
        raise TemplateError(f"select_job_result: {kind!r} is no kind of job{did_you_mean(kind, BY_AWS_NAME)}")
    return {
        "name.$": f"$.{job_kind.name_member}",
        "status.$": f"$.{job_kind.status_member}",
        "arn.$": f"$.{job_kind.arn_member}",
    }


def require_completed(step: str) -> Fragment:
    """Go on only if the step's job completed. To Step Functions a stopped job is a result, not an error."""
    cause = f"The {step} job ended as {{}}: it was stopped or ran out of time. {NO_REDRIVE}"
    status = f"$.jobs.{step}.status"
    stopped = fail(f"{step} did not complete", "JobNotCompleted", format_string(cause, status))
    return guard(f"{step} completed?", [({"Not": {"Variable": status, "StringEquals": "Completed"}}, stopped)])


def _check_security(config: Config, platform: Platform) -> None:
    """Raise TemplateError if config.yaml has a KMS key, subnet or security group that is not the platform's."""
    for name, key in (("volume", config.kms.volume), ("output", config.kms.output)):
        if platform.kms_key and key not in {None, platform.kms_key}:
            raise TemplateError(
                f"{key} is not this platform's key. Leave it out: {platform.kms_key} is used", key=f"kms.{name}"
            )
    vpc = config.network.vpc
    if vpc is None or not platform.subnets:
        return
    foreign = [subnet for subnet in vpc.subnets if subnet not in platform.subnets]
    foreign += [group for group in vpc.security_groups if group not in platform.security_groups]
    if foreign:
        raise TemplateError(
            f"{', '.join(foreign)} is not of this platform. "
            f"Choose among {', '.join((*platform.subnets, *platform.security_groups))}, or leave network.vpc out",
            key="network.vpc",
        )
