"""SageMaker's API for jobs on this computer: create, describe, list, stop.

In: requests as dicts. Out: responses as dicts (botocore's shapes, times in epoch seconds); ApiError with AWS's codes.
It replaces moto's API: moto's jobs are Completed at once and never run.
"""

# ruff: noqa: D102 - every public method is the API operation of its name
from __future__ import annotations

from pushtrain.local.api import Request, RequestScope, paginate
from pushtrain.local.events import JobKind
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.sagemaker.jobs import Jobs

_UNSUPPORTED_KINDS = {
    "create_transform_job": "Transform",
    "create_hyper_parameter_tuning_job": "Tuning",
    "create_auto_ml_job_v2": "AutoML",
}
UNSUPPORTED = {
    operation: f"{kind} jobs cannot run on this computer yet" for operation, kind in _UNSUPPORTED_KINDS.items()
}
TIMES = ("CreationTime", "LastModifiedTime")


class SageMakerApi:
    """Each public method is the API operation of its name, in snake case."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def create_training_job(self, request: Request, scope: RequestScope) -> Request:
        return self._create("training", request, scope)

    def create_processing_job(self, request: Request, scope: RequestScope) -> Request:
        return self._create("processing", request, scope)

    def describe_training_job(self, request: Request, _: RequestScope) -> Request:
        return self._jobs.describe("training", request["TrainingJobName"])

    def describe_processing_job(self, request: Request, _: RequestScope) -> Request:
        return self._jobs.describe("processing", request["ProcessingJobName"])

    def stop_training_job(self, request: Request, _: RequestScope) -> Request:
        self._jobs.stop("training", request["TrainingJobName"])
        return {}

    def stop_processing_job(self, request: Request, _: RequestScope) -> Request:
        self._jobs.stop("processing", request["ProcessingJobName"])
        return {}

    def list_training_jobs(self, request: Request, _: RequestScope) -> Request:
        return self._list("training", "TrainingJobSummaries", request)

    def list_processing_jobs(self, request: Request, _: RequestScope) -> Request:
        return self._list("processing", "ProcessingJobSummaries", request)

    def _create(self, kind: JobKind, request: Request, scope: RequestScope) -> Request:
        arn = self._jobs.create(kind, request, account=scope.account, region=scope.region)
        return {documents.ARN[kind]: arn}

    def _list(self, kind: JobKind, member: str, request: Request) -> Request:
        """Return one page of summaries. As on SageMaker, the default order is by CreationTime, the newest first."""
        keys = {"CreationTime": "CreationTime", "Name": documents.NAME[kind], "Status": documents.STATUS[kind]}
        key = keys[request.get("SortBy", "CreationTime")]
        descending = request.get("SortOrder", "Descending") == "Descending"
        jobs = [job for job in self._jobs.list_all(kind) if _matches(job, kind, request)]
        page, token = paginate(
            sorted(jobs, key=lambda job: job[key], reverse=descending),
            request.get("MaxResults"),
            request.get("NextToken"),
        )
        members = (documents.NAME[kind], documents.ARN[kind], documents.STATUS[kind], documents.END[kind], *TIMES)
        summaries = [{name: job[name] for name in members if name in job} for job in page]
        return {member: summaries} | ({"NextToken": token} if token else {})


def _matches(job: Request, kind: JobKind, request: Request) -> bool:
    """Return True if the job passes the filters of a List request."""
    is_in_time_range = all(
        request.get(f"{time}After", 0) <= job[time] <= request.get(f"{time}Before", float("inf")) for time in TIMES
    )
    has_text_in_name = request.get("NameContains", "").lower() in job[documents.NAME[kind]].lower()
    has_status = request.get("StatusEquals") in {None, job[documents.STATUS[kind]]}
    return is_in_time_range and has_text_in_name and has_status
