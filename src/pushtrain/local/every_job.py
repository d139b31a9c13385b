"""Run a job of any kind on this computer: a script in its container contract, or a model that answers a file.

In: the kind and what `run_job` or `run_transform` take. Out: a JobResult.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.local.container.jobs import JobResult, run_job


def run_every_job(
    kind: JobKind, request: Mapping[str, Any], *, aws_variables: Mapping[str, str], **context: Any
) -> JobResult:
    """Run the job of a complete request, and wait for its end. A model's server finds no AWS, so no `aws_variables`."""
    if kind is not TRANSFORM:
        return run_job(kind, request, aws_variables=aws_variables, **context)
    from pushtrain.local.inference.transform import run_transform  # noqa: PLC0415 - few runs need it

    return run_transform(request, **context)
