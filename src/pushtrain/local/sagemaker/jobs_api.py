"""SageMaker's API for jobs on this computer: create, describe, list, stop.

In: requests as dicts. Out: responses as dicts (botocore's shapes, times in epoch seconds); ApiError with AWS's codes.
It replaces moto's API: moto's jobs are Completed at once and never run.
"""

from __future__ import annotations

import re
from functools import partial

from pushtrain.catalog import tuning_job
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import KINDS, OTHER_ACTIONS, TRAINING, TRANSFORM, TUNING
from pushtrain.local.api import Operation, Request, RequestScope, paginate, refuse_operations
from pushtrain.local.sagemaker.jobs import Jobs

TIMES = ("CreationTime", "LastModifiedTime")


def build_operations(jobs: Jobs) -> dict[str, Operation]:
    """Return the operations of every kind of job by name, such as `create_training_job`. Unknown kinds are refused."""
    others = {_build_method(action): name for action, name in OTHER_ACTIONS.items()} | {
        "create_auto_ml_job_v2": "AutoML"
    }
    refused = {method: f"{name} jobs cannot run on this computer yet" for method, name in others.items()}
    operations = refuse_operations(refused)
    for kind in KINDS:
        operations |= JobKindApi(jobs, kind).list_operations()
    return operations | {tuning_job.LIST_TRIALS_METHOD: partial(_list_trials, jobs)}


def _list_trials(jobs: Jobs, request: Request, _: RequestScope) -> Request:
    """Return one page of the trials of a tuning job that have ended, in the order in which they started."""
    trials = jobs.list_trials(request[TUNING.name_member])
    page, token = paginate(trials, request.get("MaxResults"), request.get("NextToken"))
    return {TRAINING.summaries_member: list(page)} | ({"NextToken": token} if token else {})


def _build_method(action: str) -> str:
    """Return `create_labeling_job` for `createLabelingJob`."""
    return re.sub("([A-Z])", r"_\1", action).lower()


class JobKindApi:
    """The operations of one kind of job."""

    def __init__(self, jobs: Jobs, kind: JobKind) -> None:
        self._jobs, self._kind = jobs, kind

    def list_operations(self) -> dict[str, Operation]:
        """Return the operations by name, such as `create_training_job`."""
        operations = {"create": self._create, "describe": self._describe, "stop": self._stop}
        by_name: dict[str, Operation] = {self._kind.build_method(verb): call for verb, call in operations.items()}
        return by_name | {f"{self._kind.build_method('list')}s": self._list}

    def _create(self, request: Request, scope: RequestScope) -> Request:
        arn = self._jobs.create(self._kind, request, account=scope.account, region=scope.region)
        return {self._kind.arn_member: arn}

    def _describe(self, request: Request, _: RequestScope) -> Request:
        document = self._jobs.describe(self._kind, request[self._kind.name_member])
        if self._kind is TRANSFORM:  # only its summary has LastModifiedTime, API reference of DescribeTransformJob
            return {name: value for name, value in document.items() if name != "LastModifiedTime"}
        return document

    def _stop(self, request: Request, _: RequestScope) -> Request:
        self._jobs.stop(self._kind, request[self._kind.name_member])
        return {}

    def _list(self, request: Request, _: RequestScope) -> Request:
        """Return one page of summaries. As on SageMaker, the default order is by CreationTime, the newest first."""
        kind = self._kind
        keys = {"CreationTime": "CreationTime", "Name": kind.name_member, "Status": kind.status_member}
        key = keys[request.get("SortBy", "CreationTime")]
        descending = request.get("SortOrder", "Descending") == "Descending"
        jobs = [job for job in self._jobs.list_all(kind) if _matches(job, kind, request)]
        page, token = paginate(
            sorted(jobs, key=lambda job: job[key], reverse=descending),
            request.get("MaxResults"),
            request.get("NextToken"),
        )
        members = (kind.name_member, kind.arn_member, kind.status_member, kind.end_member, *TIMES)
        summaries = [{name: job[name] for name in members if name in job} for job in page]
        return {kind.summaries_member: summaries} | ({"NextToken": token} if token else {})


def _matches(job: Request, kind: JobKind, request: Request) -> bool:
    """Return True if the job passes the filters of a List request."""
    is_in_time_range = all(
        request.get(f"{time}After", 0) <= job[time] <= request.get(f"{time}Before", float("inf")) for time in TIMES
    )
    has_text_in_name = request.get("NameContains", "").lower() in job[kind.name_member].lower()
    has_status = request.get("StatusEquals") in {None, job[kind.status_member]}
    return is_in_time_range and has_text_in_name and has_status
