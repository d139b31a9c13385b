"""config.yaml against the platform that it will run on: data, inputs, network and keys. Pure.

In: a Config or one of its steps, and a Platform. Out: a TemplateError, with the key of config.yaml, for the first
contradiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain.config.candidates import find_inputs_path
from pushtrain.config.issue import format_key_path
from pushtrain.config.rules.counts import count_free_inputs
from pushtrain.config.rules.instances import explain_mixed_storage
from pushtrain.errors import TemplateError
from pushtrain.layout import split_uri
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.config import Config, Step


def check_data(config: Config, platform: Platform) -> None:
    """Raise TemplateError if `data:` names a bucket of the platform, where a job could read files of other runs."""
    buckets = (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket)
    for name, source in config.data.items():
        if source.s3 and (bucket := split_uri(source.s3)[0]) in buckets:
            raise TemplateError(
                f"{bucket} is a bucket of the platform. Use the output of a step as an input, or copy the data to a "
                "bucket of your own",
                key=f"data.{name}",
            )


def check_room_for_code(platform: Platform, step: Step) -> None:
    """Raise TemplateError if the platform isolates the jobs, and the step has no input left for its code."""
    limit = count_free_inputs(step.kind, isolated=platform.isolation and step.settings.has_script)
    if len(step.inputs) > limit:
        raise TemplateError(
            f"{len(step.inputs)} inputs are too many: this platform isolates the network of every job, and an isolated "
            f"{step.kind.name} job reads at most {limit} beside its code. List only those it needs",
            key=format_key_path(find_inputs_path(step)),
        )


def check_volume_key(platform: Platform, step: Step) -> None:
    """Raise TemplateError if the platform's key fits the volumes of only some instance types of the step."""
    if platform.kms_key and (message := explain_mixed_storage(step.settings.instance_types)):
        raise TemplateError(message, key=f"{format_key_path(step.key_path)}.instance")


def check_security(config: Config, platform: Platform) -> None:
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
