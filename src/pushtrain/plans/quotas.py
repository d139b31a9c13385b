"""Jobs -> the GPU quotas of the account that are too small for them. Reads AWS, changes nothing.

Source: Service Quotas API reference (ListServiceQuotas leaves out quotas whose applied value is not known: the default
holds). What SageMaker calls its quotas, such as "ml.g5.xlarge for spot training job usage", is what its own refusals
and the Service Quotas console say. Both lists have no filter by name: they are read page by page, for GPUs alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.catalog import instances
from pushtrain.cost import PlannedJob

LISTS = ("list_service_quotas", "list_aws_default_service_quotas")


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many machines of one type an account may use at once for one purpose."""

    name: str
    code: str
    value: int


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A step needs more machines than its quota allows; `quota` None: AWS tells of no such quota."""

    step: str
    name: str
    needed: int
    quota: Quota | None

    def text(self, region: str) -> str:
        """What is too small, and the request to make."""
        if self.quota is None:
            return f"{self.step}: AWS tells of no quota {self.name!r} in {region}; look in the Service Quotas console"
        found = f"{self.step} needs {self.needed}, and the quota {self.name!r} is {self.quota.value} in {region}"
        ask = "aws service-quotas request-service-quota-increase --service-code sagemaker"
        return (
            f"{found}. Ask for it: {ask} --quota-code {self.quota.code} --desired-value {self.needed} --region {region}"
        )


def build_quota_name(job: PlannedJob) -> str:
    """What Service Quotas calls the quota of a job's machines."""
    return f"{job.instance} for {'spot ' if job.spot else ''}{job.kind} job usage"


def select_gpu_jobs(jobs: Iterable[PlannedJob]) -> list[PlannedJob]:
    """The jobs whose quota is looked at: most accounts begin with none for accelerated machines."""
    return [job for job in jobs if job.kind and instances.is_accelerated(job.instance)]


def read_quotas(names: Collection[str], region: str) -> dict[str, Quota]:
    """The quotas of those names that AWS tells of. Raises what AWS refuses; needs both List actions."""
    found: dict[str, Quota] = {}
    client = aws.client("service-quotas", region) if names else None
    for listing in LISTS:
        if missing := set(names) - found.keys():
            found |= _listed(client, listing, missing)
    return found


def read_gpu_quotas(jobs: Iterable[PlannedJob], region: str) -> dict[str, Quota]:
    """Return the quotas, by name, of the jobs that run on GPUs. Raises what AWS refuses."""
    return read_quotas({build_quota_name(job) for job in select_gpu_jobs(jobs)}, region)


def _listed(client: Any, listing: str, names: set[str]) -> dict[str, Quota]:
    found: dict[str, Quota] = {}
    for page in client.get_paginator(listing).paginate(ServiceCode="sagemaker", PaginationConfig={"PageSize": 100}):
        for item in page["Quotas"]:
            if item["QuotaName"] in names:
                name = item["QuotaName"]
                found[name] = Quota(name=name, code=item["QuotaCode"], value=int(item["Value"]))
        if found.keys() == names:
            break
    return found


def find_shortages(jobs: Iterable[PlannedJob], quotas: Mapping[str, Quota]) -> list[Shortage]:
    """Each job on GPUs that cannot start for want of quota, or of whose quota nothing is known."""
    short: list[Shortage] = []
    for job in select_gpu_jobs(jobs):
        name = build_quota_name(job)
        quota = quotas.get(name)
        if quota is None or quota.value < max(job.instances, 1):
            short.append(Shortage(step=job.step, name=name, needed=max(job.instances, 1), quota=quota))
    return short
