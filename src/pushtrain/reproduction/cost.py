"""What a reproduction costs at most: every step of the recorded config.yaml runs. Reads S3."""

from __future__ import annotations

from pushtrain import aws
from pushtrain.config import LoadedConfig, load_config
from pushtrain.cost import CostEstimate, check_cost_limit, estimate_cost, list_planned_jobs, read_prices
from pushtrain.errors import ConfigError
from pushtrain.layout import split_uri
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.workflow import compile_workflow


def load_recorded_config(platform: Platform, record: RunRecord) -> LoadedConfig:
    """Return the config.yaml that a run read. Raises ConfigError if it is no longer valid."""
    bucket, key = split_uri(record.config.uri)
    s3 = aws.client("s3", platform.region)
    body: bytes = s3.get_object(Bucket=bucket, Key=key, VersionId=record.config.version)["Body"].read()
    return load_config(body, environment=platform.config_environment)


def estimate_reproduction(platform: Platform, loaded: LoadedConfig) -> CostEstimate:
    """Return what a run of all steps costs at most. Raises ConfigError if that is more than a limit allows."""
    jobs = list_planned_jobs(compile_workflow(loaded.config, platform))
    estimate = estimate_cost(jobs, read_prices(platform), platform.price_region)
    if problem := check_cost_limit(loaded, estimate, platform):
        raise ConfigError([problem])
    return estimate
