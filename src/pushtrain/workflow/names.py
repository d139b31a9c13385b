"""Every name and S3 address that a workflow mints. Pure and stable: a name changes only when what it names changes.

Changing a rule here renames jobs and state machines of every model: treat it as a breaking change.
"""

from __future__ import annotations

import hashlib
import re

from pushtrain.errors import TemplateError
from pushtrain.platform import Platform

RUN_ID_LENGTH = 19  # <revision, 12>-<6 hex>, see `run_id`
COUNTERS_LENGTH = 6  # "-0-0" up to "-9-99": redrives and retries
JOB_NAME_LIMIT = 63  # CreateTrainingJob.TrainingJobName, CreateProcessingJob.ProcessingJobName
STATE_MACHINE_LIMIT = 80  # CreateStateMachine.name
METADATA_KEY_LIMIT = 128  # CreateModelPackage.CustomerMetadataProperties
MODEL_PART_LIMIT = 24


def build_run_id(revision: str, config_version: str) -> str:
    """`<12 of revision>-<6 hex>`: the same PUT of config.yaml is always the same run, a new PUT a new one."""
    return f"{revision[:12]}-{hashlib.sha256(config_version.encode()).hexdigest()[:6]}"


def build_state_machine_name(platform: Platform, model: str) -> str:
    """Name of a model's state machine: 1..80 characters that CloudWatch accepts."""
    return _fit(f"{platform.prefix}-{model}", STATE_MACHINE_LIMIT)


def build_job_stem(platform: Platform, model: str, step: str) -> str:
    """First part of a job's name; run id and counters follow at run time, within 63 characters together."""
    step = _fit(_hyphenated(step), 12)
    room = JOB_NAME_LIMIT - RUN_ID_LENGTH - COUNTERS_LENGTH - len(platform.prefix) - len(step) - 3
    return f"{platform.prefix}-{_fit(model, min(room, MODEL_PART_LIMIT))}-{step}"


def build_artifact_uri(platform: Platform, model: str, *parts: str) -> str:
    """`s3://<artifact bucket>/<model>/<parts>`; parts may hold `{}` for States.Format."""
    return "/".join((f"s3://{platform.artifact_bucket}", model, *parts))


def build_report_uri(platform: Platform, model: str, run: str) -> str:
    """Where the report of a run's model version is written when the run has ended; `run` may be `{}`."""
    return build_artifact_uri(platform, model, "runs", run, "report.html")


def build_metadata_key(text: str) -> str:
    """`text` as a key of CustomerMetadataProperties: other characters become `_`, at most 128."""
    return _fit(re.sub(r"[^\w.:/=+\-@ ]", "_", text), METADATA_KEY_LIMIT)


def build_metric_key(metric: str) -> str:
    """Key of a gate metric in CustomerMetadataProperties; the prefix keeps it apart from what made the model."""
    return build_metadata_key(f"metric.{metric}")


def _hyphenated(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    if not name:
        raise TemplateError(f"step {text!r}: a step's name needs an ASCII letter or digit")
    return name


def _fit(text: str, limit: int) -> str:
    """`text`, or its beginning and four hex digits of its hash when it is too long."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 5].rstrip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:4]}"
