"""The results of a model that later runs may reuse, as `pushtrain cache list` shows them. Reads S3.

In: a platform and a model. Out: a CachedJob for each job of the reuse index: its size, and whether it may be reused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import UsageError
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.reuse.forgetting import forget_jobs, read_forgotten_jobs
from pushtrain.reuse.index import ReusableJob
from pushtrain.reuse.storage import measure_outputs, read_index

CacheStatus = Literal["reusable", "expired", "forgotten", "changed"]


class CachedJob(Struct, frozen=True, kw_only=True):
    """A job whose result may be reused, or why not: `status`.

    `expires` is when it gets too old, such as `2026-12-27T08:15:10+00:00`, by the `cache` that its step had; None if
    never. `size` are the bytes of its outputs; None if they are not those that it wrote: then it is `changed`, also if
    they are gone.
    """

    job: ReusableJob
    status: CacheStatus
    expires: str | None
    size: int | None


def list_cached_jobs(platform: Platform, model: str, limit: int) -> list[CachedJob]:
    """Return the newest `limit` jobs that the reuse index of a model has of the platform's environment."""
    s3, bucket = aws.client("s3", platform.region), platform.artifact_bucket
    jobs = [job for job in read_index(s3, bucket, model).jobs if job.environment == platform.environment][:limit]
    forgotten = read_forgotten_jobs(s3, bucket, model)
    sizes = call_all(lambda job: _find_size(s3, bucket, job), jobs)
    return [_describe(job, size, is_forgotten=job.name in forgotten) for job, size in zip(jobs, sizes, strict=True)]


def find_jobs(platform: Platform, model: str, *, steps: Iterable[str] = (), run: str = "") -> list[ReusableJob]:
    """Return the jobs of the platform's environment that may be forgotten: those of `steps` and of `run`; empty is any.

    `run` may be the beginning of its id. Raises UsageError if the index has none of them.
    """
    s3, bucket, wanted_steps = aws.client("s3", platform.region), platform.artifact_bucket, set(steps)
    index, forgotten = read_index(s3, bucket, model), read_forgotten_jobs(s3, bucket, model)
    jobs = [
        job
        for job in index.jobs
        if job.environment == platform.environment
        and (not wanted_steps or job.step in wanted_steps)
        and job.run.startswith(run)
    ]
    if not jobs:
        raise UsageError(
            f"{model} has no such result that could be reused. `pushtrain cache list {model}{platform.cli_option}` "
            "shows them"
        )
    return [job for job in jobs if not forgotten.is_readable or job.name not in forgotten]


def forget(platform: Platform, model: str, jobs: Iterable[ReusableJob]) -> None:
    """Let no later run reuse these jobs. Raises StorageConflict as `forget_jobs` does."""
    s3 = aws.client("s3", platform.region)
    forget_jobs(s3, platform.artifact_bucket, model, [job.name for job in jobs])


def _find_size(s3: Any, bucket: str, job: ReusableJob) -> int | None:
    outputs = measure_outputs(s3, bucket, job.prefix)
    return outputs.size if outputs and outputs.hash == job.outputs else None


def _describe(job: ReusableJob, size: int | None, *, is_forgotten: bool) -> CachedJob:
    expires = None if job.cache is True else datetime.fromisoformat(job.ended) + timedelta(seconds=job.cache)
    status: CacheStatus = "reusable"
    if is_forgotten:
        status = "forgotten"
    elif size is None:
        status = "changed"
    elif expires and expires < datetime.now(UTC):
        status = "expired"
    text = expires.isoformat(timespec="seconds") if expires else None
    return CachedJob(job=job, status=status, expires=text, size=size)
