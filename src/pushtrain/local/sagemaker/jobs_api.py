"""SageMaker's API for jobs on this machine: create, describe, list, stop.

In: requests as dicts. Out: answers as dicts (botocore's shapes, times in epoch seconds); ApiError with AWS's codes.
It replaces moto's own, whose jobs are born Completed and never run.
"""

# ruff: noqa: D102 - every public method is the API operation of its name
from __future__ import annotations

from typing import Any

from pushtrain.local.api import RequestScope, paginate
from pushtrain.local.events import JobKind
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.sagemaker.jobs import Jobs

Request = dict[str, Any]
_KINDS = {
    "create_transform_job": "Transform",
    "create_hyper_parameter_tuning_job": "Tuning",
    "create_auto_ml_job_v2": "AutoML",
}
NOT_HERE = {operation: f"{kind} jobs are not run on this machine yet" for operation, kind in _KINDS.items()}
TIMES = ("CreationTime", "LastModifiedTime")


class SageMakerApi:
    """Every public method is an operation, by its name in snake case."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def create_training_job(self, request: Request, place: RequestScope) -> Request:
        return self._create("training", request, place)

    def create_processing_job(self, request: Request, place: RequestScope) -> Request:
        return self._create("processing", request, place)

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

    def _create(self, kind: JobKind, request: Request, place: RequestScope) -> Request:
        arn = self._jobs.create(kind, request, account=place.account, region=place.region)
        return {documents.ARN[kind]: arn}

    def _list(self, kind: JobKind, member: str, request: Request) -> Request:
        """Newest first unless asked otherwise: SageMaker's default order for jobs is by CreationTime."""
        keys = {"CreationTime": "CreationTime", "Name": documents.NAME[kind], "Status": documents.STATUS[kind]}
        key = keys[request.get("SortBy", "CreationTime")]
        descending = request.get("SortOrder", "Descending") == "Descending"
        wanted = [job for job in self._jobs.list_all(kind) if _wanted(job, kind, request)]
        found, token = paginate(
            sorted(wanted, key=lambda job: job[key], reverse=descending),
            request.get("MaxResults"),
            request.get("NextToken"),
        )
        kept = (documents.NAME[kind], documents.ARN[kind], documents.STATUS[kind], documents.END[kind], *TIMES)
        summaries = [{name: job[name] for name in kept if name in job} for job in found]
        return {member: summaries} | ({"NextToken": token} if token else {})


def _wanted(job: Request, kind: JobKind, request: Request) -> bool:
    within = all(
        request.get(f"{time}After", 0) <= job[time] <= request.get(f"{time}Before", float("inf")) for time in TIMES
    )
    named = request.get("NameContains", "").lower() in job[documents.NAME[kind]].lower()
    return within and named and request.get("StatusEquals") in {None, job[documents.STATUS[kind]]}
