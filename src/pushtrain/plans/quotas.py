"""Jobs -> the GPU quotas of the account that are too small for them. Reads AWS, changes nothing.

A job waits for instances that other jobs use. It waits in vain if the whole quota is smaller than what it needs, for
example 0 as in a new account: `find_blocked_jobs` finds such jobs before a push.

Source: Service Quotas API reference. ListServiceQuotas leaves out quotas whose applied value is not available: their
default value applies. SageMaker's error messages and the Service Quotas console use the same names for quotas, such as
"ml.g5.xlarge for spot training job usage". Neither list has a filter by name: both are read page by page, and only if
a job runs on a GPU.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.catalog.instances import find_hardware
from pushtrain.cost import PlannedJob

ALL_AT_ONCE = "running all candidates at once"
LIST_OPERATIONS = ("list_service_quotas", "list_aws_default_service_quotas")


class Quota(Struct, frozen=True, kw_only=True):
    """The number of instances of one type, `value`, that an account may use at once for one purpose."""

    name: str
    code: str
    value: int


class Shortage(Struct, frozen=True, kw_only=True):
    """A step needs more instances than its quota allows. `quota` is None if AWS has no such quota."""

    step: str
    name: str
    needed: int
    quota: Quota | None

    def format(self, region: str) -> str:
        """Return which quota is too small, and the command that requests a larger one."""
        if self.quota is None:
            return f"{self.step}: AWS lists no quota {self.name!r} in {region}; look in the Service Quotas console"
        need = f"{self.step} needs {self.needed}, and the quota {self.name!r} is {self.quota.value} in {region}"
        command = "aws service-quotas request-service-quota-increase --service-code sagemaker"
        options = f"--quota-code {self.quota.code} --desired-value {self.needed} --region {region}"
        return f"{need}. Ask for it: {command} {options}"


def build_quota_name(job: PlannedJob) -> str:
    """Return the name that Service Quotas has for the quota of a job's instances."""
    return f"{job.instance} for {'spot ' if job.spot else ''}{job.kind} job usage"


def select_gpu_jobs(jobs: Iterable[PlannedJob]) -> list[PlannedJob]:
    """Return the jobs on accelerated instances, once for each type that SageMaker may choose.

    New accounts often have a quota of 0 for them.
    """
    choices = (replace(job, instance=name) for job in jobs for name in job.preferences or (job.instance,))
    return [job for job in choices if job.kind and find_hardware(job.instance).is_accelerated]


def read_quotas(names: Collection[str], region: str) -> dict[str, Quota]:
    """Return the quotas of these names, without those that AWS does not have. Raises AWS's errors unchanged.

    Needs the permissions ListServiceQuotas and ListAWSDefaultServiceQuotas.
    """
    quotas: dict[str, Quota] = {}
    client = aws.client("service-quotas", region) if names else None
    for listing in LIST_OPERATIONS:
        if missing := set(names) - quotas.keys():
            quotas |= _read_list(client, listing, missing)
    return quotas


def read_gpu_quotas(jobs: Iterable[PlannedJob], region: str) -> dict[str, Quota]:
    """Return the quotas, by name, of the jobs that run on GPUs. Raises what AWS refuses."""
    return read_quotas({build_quota_name(job) for job in select_gpu_jobs(jobs)}, region)


def _read_list(client: Any, listing: str, names: set[str]) -> dict[str, Quota]:
    quotas: dict[str, Quota] = {}
    for page in client.get_paginator(listing).paginate(ServiceCode="sagemaker", PaginationConfig={"PageSize": 100}):
        for quota in page["Quotas"]:
            if (name := quota["QuotaName"]) in names:
                quotas[name] = Quota(name=name, code=quota["QuotaCode"], value=int(quota["Value"]))
        if quotas.keys() == names:
            break
    return quotas


def find_shortages(jobs: Iterable[PlannedJob], quotas: Mapping[str, Quota]) -> list[Shortage]:
    """Return the jobs on accelerated instances whose quota is too small or is not in `quotas`."""
    shortages: list[Shortage] = []
    for job in select_gpu_jobs(jobs):
        name = build_quota_name(job)
        quota = quotas.get(name)
        needed = max(job.most_instances, 1)
        if quota is None or quota.value < needed:
            shortages.append(Shortage(step=job.step, name=name, needed=needed, quota=quota))
    return shortages


def find_candidate_shortages(
    jobs: Iterable[PlannedJob], quotas: Mapping[str, Quota], candidates: Mapping[str, Collection[str]]
) -> list[Shortage]:
    """Return the quotas that are large enough for each candidate, and too small for all of them at once.

    `candidates` are the steps of each. Their jobs then wait for each other.
    """
    needs: dict[str, dict[str, int]] = {}
    for job in select_gpu_jobs(jobs):
        name = build_quota_name(job)
        for candidate in (candidate for candidate, steps in candidates.items() if job.step in steps):
            counts = needs.setdefault(name, {})
            counts[candidate] = max(counts.get(candidate, 0), job.most_instances, 1)
    return [
        Shortage(step=ALL_AT_ONCE, name=name, needed=sum(counts.values()), quota=quotas[name])
        for name, counts in needs.items()
        if name in quotas and max(counts.values()) <= quotas[name].value < sum(counts.values())
    ]


def find_blocked_jobs(jobs: Iterable[PlannedJob], quotas: Mapping[str, Quota]) -> list[Shortage]:
    """Return a shortage for each job that can never start, however long it waits.

    A job is not blocked if one of its types has no GPU, or has a quota that is large enough or that AWS does not list.
    """
    blocked: list[Shortage] = []
    for job in jobs:
        shortages = [shortage for shortage in find_shortages([job], quotas) if shortage.quota]
        if shortages and len(shortages) == len(job.preferences or (job.instance,)):
            blocked.append(shortages[0])
    return blocked


def format_blocked_jobs(model: str, blocked: Iterable[Shortage], region: str) -> str:
    """Return why no run of a model can succeed in this account, one line for each job that can never start."""
    lines = "\n".join(f"  {shortage.format(region)}" for shortage in blocked)
    return f"no run of {model} can succeed in this account: a job needs more instances than its quota has\n{lines}"
