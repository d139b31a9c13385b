"""Checks of a push that need both config.yaml and the uploaded revision. AWS is read for prices only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pushtrain.config import LoadedConfig, find_missing_paths, find_reserved_paths
from pushtrain.cost import check_cost_limit, estimate_cost, has_cost_limit, list_planned_jobs, read_prices
from pushtrain.errors import ConfigError, Problem, PushError
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import Revision

REVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,127}")


def check_address(push: Push, platform: Platform) -> None:
    """Raise PushError if bucket or revision cannot be used: names of jobs and runs are made from the revision."""
    if push.bucket != platform.code_bucket:
        raise PushError(f"bucket {push.bucket} is not this platform's code bucket, {platform.code_bucket}")
    if not REVISION.fullmatch(push.revision):
        raise PushError(
            f"revision {push.revision!r} cannot be used, because job names contain it: only letters, digits and "
            "hyphens are allowed, at most 128. Push with `pushtrain push DIR`, which chooses the revision"
        )


def check_model(loaded: LoadedConfig, push: Push) -> None:
    """Raise ConfigError if config.yaml names another model than the one under which the push lies."""
    if loaded.config.model != push.model:
        names = f"the push lies under {push.model!r}, config.yaml says {loaded.config.model!r}"
        raise ConfigError(
            [Problem(key="model", line=loaded.find_line("model"), message=f"{names}. They must be equal")]
        )


def check_paths(loaded: LoadedConfig, revision: Revision) -> None:
    """Raise ConfigError if config.yaml names a path that is not in the push, or a path is reserved."""
    if problems := (*find_missing_paths(loaded, revision.has_path), *find_reserved_paths(revision.has_path)):
        raise ConfigError(problems)


def check_cost(
    loaded: LoadedConfig, definition: Mapping[str, Any], platform: Platform, *, reused: Collection[str] = ()
) -> None:
    """Raise ConfigError if a run can cost more than config.yaml or the platform allows.

    `reused` are the steps that will not run. Without a limit no prices are read.
    """
    if not has_cost_limit(loaded, platform):
        return
    jobs = [job for job in list_planned_jobs(definition) if job.step not in reused]
    estimate = estimate_cost(jobs, read_prices(platform), platform.price_region)
    if problem := check_cost_limit(loaded, estimate, platform):
        raise ConfigError([problem])
