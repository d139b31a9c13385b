"""Names of runs, jobs and state machines, and keys of the registry's metadata. Pure.

Each follows from its arguments only. If you change a rule, the jobs and state machines of every model get other names:
that is a breaking change.
"""

from __future__ import annotations

import re

from pushtrain.catalog.job_kind import NAME_LIMIT
from pushtrain.errors import TemplateError
from pushtrain.hashes import hash_text
from pushtrain.platform import Platform

RUN_ID_LENGTH = 19  # <revision, 12>-<6 hex>, see `build_run_id`
COUNTERS_LENGTH = 6  # "-0-0" up to "-9-99": redrives and waits for capacity
STATE_MACHINE_LIMIT = 80  # CreateStateMachine.name
STATE_LIMIT = 80  # name of a state
METADATA_KEY_LIMIT = 128  # CreateModelPackage.CustomerMetadataProperties
MODEL_PART_LIMIT = 24
CREATE_MODEL = "create model "  # begins the name of the state that creates the model of a transform step


def build_run_id(revision: str, config_version: str) -> str:
    """Return `<12 characters of the revision>-<6 hex digits>`: one run for each upload of config.yaml.

    `config_version` is the S3 version id of that upload.
    """
    return f"{revision[:12]}-{hash_text(config_version)[:6]}"


def build_state_machine_name(platform: Platform, model: str) -> str:
    """Return the name of a model's state machine: 1 to 80 characters that CloudWatch accepts."""
    return shorten(f"{platform.prefix}-{model}", STATE_MACHINE_LIMIT)


def build_job_stem(platform: Platform, model: str, step: str) -> str:
    """Return the first part of a job's name. Run id and counters follow at run time: together at most 63 characters."""
    step = shorten(_hyphenate(step), 12)
    stem = platform.build_job_stem(platform.find_team(model))
    room = NAME_LIMIT - RUN_ID_LENGTH - COUNTERS_LENGTH - len(stem) - len(step) - 3
    return f"{stem}-{shorten(model, min(room, MODEL_PART_LIMIT))}-{step}"


def build_tuning_stem(platform: Platform, model: str) -> str:
    """Return the first part of a tuning job's name. Eight digits, two letters and two counters follow it."""
    return platform.build_job_stem(platform.find_team(model))


def build_letters(index: int) -> str:
    """Return two letters for a number below 676: `aa`, `ab`. They tell the tuning steps of a run apart."""
    high, low = divmod(index, 26)
    return chr(ord("a") + high) + chr(ord("a") + low)


def build_metadata_key(text: str) -> str:
    """Return `text` as a key of CustomerMetadataProperties: at most 128 characters, with `_` for those not allowed."""
    return shorten(re.sub(r"[^\w.:/=+\-@ ]", "_", text), METADATA_KEY_LIMIT)


def build_tuned_key(name: str) -> str:
    """Return the key of a hyperparameter that was searched: `tuned.lr`. No other key has this prefix."""
    return build_metadata_key(f"tuned.{name}")


def build_metric_key(metric: str) -> str:
    """Return a gate metric's key in CustomerMetadataProperties: `metric.accuracy`. No other key has this prefix."""
    return build_metadata_key(f"metric.{metric}")


def shorten(text: str, limit: int) -> str:
    """Return `text`; if it is too long, its beginning and four hex digits of its hash."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 5].rstrip('-')}-{hash_text(text)[:4]}"


def _hyphenate(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    if not name:
        raise TemplateError(f"step {text!r}: a step's name needs an ASCII letter or digit")
    return name
