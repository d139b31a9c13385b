"""A Pipeline is one Config on one Platform. Templates build the parts of a workflow from it; here those for jobs. Pure.

Each part is a Fragment. It is empty if config.yaml leaves the part out, so a template can list the parts in order
without `if`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config import Candidate, Condition, Config, Step, list_steps
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.record import build_path_name
from pushtrain.workflow import jobs, names, runtime_values
from pushtrain.workflow.candidates import run_candidates
from pushtrain.workflow.capacity import WaitLoop, find_wait_loop
from pushtrain.workflow.checks.config import check_data, check_room_for_code, check_security, check_volume_key
from pushtrain.workflow.images import check_images
from pushtrain.workflow.instance_types import check_instance_types
from pushtrain.workflow.order import Branches, Group, Series, arrange, list_group_steps
from pushtrain.workflow.reuse import reuse_or_run
from pushtrain.workflow.states import (
    EMPTY,
    NO_REDRIVE,
    SERVICE_RETRY,
    Fragment,
    State,
    build_api_retry,
    build_parallel,
    build_state,
    build_task,
    chain,
    fail,
    format_string,
    guard,
)
from pushtrain.workflow.tags import check_tags
from pushtrain.workflow.transform import serve_during
from pushtrain.workflow.tuning import build_search_path, take_best_trial


class Pipeline(Struct, frozen=True, dict=True):
    """A model's config and the platform it will run on."""

    config: Config
    platform: Platform

    @property
    def conditions(self) -> Sequence[Condition]:
        """The gate's conditions."""
        return self.config.conditions

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """The steps by name, each after those it reads from."""
        return {step.name: step for step in list_steps(self.config)}

    @cached_property
    def order(self) -> Series:
        """The steps as chains and branches, as Step Functions runs them. Those of candidates run afterwards."""
        return self._arrange("")

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates; empty if the model has none."""
        return self.config.candidates

    def order_candidate(self, candidate: Candidate) -> Series:
        """Return the steps of a candidate as chains and branches, without those that all candidates share."""
        return self._arrange(candidate.name)

    @cached_property
    def _checked_config(self) -> Config:
        """The config, once its network, keys, images, data and tags are known to fit the platform.

        Raises TemplateError if one does not.
        """
        check_security(self.config, self.platform)
        check_images(self.config, self.platform)
        check_data(self.config, self.platform)
        check_tags(self.config, self.platform)
        return self.config

    def run_steps(self) -> Fragment:
        """Run the jobs of all steps, independent ones at the same time. Go on only if every job completed.

        The results are `$.jobs.<step>`: name, status, arn and prefix of the step's job. Those of a candidate are in
        `$.candidates.<candidate>.jobs`.
        """
        return chain(start_run(), self._run_group(self.order), self._run_candidates())

    def _arrange(self, candidate: str) -> Series:
        steps = {step.name: step for step in self.steps.values() if step.candidate == candidate}
        return arrange({name: step.predecessors & steps.keys() for name, step in steps.items()})

    def _run_candidates(self) -> Fragment:
        """Run the steps of all candidates, each candidate by itself. Empty without candidates."""
        shared, branches = list_group_steps(self.order), []
        for candidate in self.candidates:
            order = self.order_candidate(candidate)
            branches.append((candidate, chain(self._run_group(order, shared), end_branch(order))))
        return run_candidates(branches)

    def _run_group(self, group: Group, earlier: tuple[str, ...] = ()) -> Fragment:
        """Run the steps of a group. `earlier` are the steps that have ended before it."""
        if isinstance(group, str):
            return self.run_job(group)
        if isinstance(group, Branches):
            branches = [chain(self._run_group(inner, earlier), end_branch(inner)) for inner in group.groups]
            return build_parallel(name_branches(group), branches, select_branch_results(group, earlier))
        parts = []
        for inner in group.groups:
            parts.append(self._run_group(inner, earlier))
            earlier += list_group_steps(inner)
        return chain(*parts)

    def run_job(self, step: str) -> Fragment:
        """Run a step's job. Go on only if it completed. Its result is `$.jobs.<step>`: name, status, arn and prefix.

        If the step has `cache`, a job of an earlier run may stand in for it. Empty if config.yaml has no such step.
        """
        if step not in self.steps:
            return EMPTY
        loop, completed = self.find_wait_loop(step), require_completed(step)
        task = self._build_task(step, loop, completed.start)
        return reuse_or_run(self.find_step(step), loop.wrap(task) if loop else task, completed)

    def _build_task(self, step: str, loop: WaitLoop | None, following: str) -> Fragment:
        """Return the Task of a step's job, with the states that a job of its kind needs around it."""
        kind, request = self.build_request(step, loop)
        resource = f"arn:{self.platform.partition}:states:::sagemaker:{kind.build_operation('create')}.sync"
        retry = select_job_retry(self, step)
        if kind.trial:
            search = build_task(step, resource, request, ResultPath=build_search_path(step), retry=retry)
            return chain(search, take_best_trial(self.config, self.find_step(step)))
        selected = {"ResultSelector": select_job_result(self, step)}
        path = runtime_values.build_result_path(step)
        job = build_task(step, resource, request, **selected, ResultPath=path, retry=retry)
        if kind is TRANSFORM:
            return serve_during(job, self.config, self.platform, self.find_step(step), following=following)
        return job

    def find_wait_loop(self, step: str) -> WaitLoop | None:
        """Return the loop in which a step waits for capacity; None if config.yaml does not write for how long."""
        return find_wait_loop(self.find_step(step))

    def build_request(self, step: str, loop: WaitLoop | None = None) -> tuple[JobKind, dict[str, Any]]:
        """Return the kind of a step's job and its complete request. `loop` is the one around the job's Task.

        Raises TemplateError if config.yaml contradicts the platform's network, keys, buckets, images, instance types or
        tags, or if the code finds no room among the step's inputs.
        """
        found_step = self.find_step(step)
        return found_step.kind, self.build_step_request(found_step, loop.count_path if loop else "")

    def build_step_request(self, step: Step, waits: str = "") -> dict[str, Any]:
        """Return the complete request of the job of any Step, as `build_request` does. `waits` is that of its loop."""
        config = self._checked_config
        check_room_for_code(self.platform, step)
        check_instance_types(step, self.platform)
        check_volume_key(self.platform, step)
        return jobs.build_request(config, self.platform, step, waits)

    def find_step(self, name: str) -> Step:
        """Return a step. Raises TemplateError if config.yaml has no step of this name."""
        if name not in self.steps:
            raise TemplateError(f"config.yaml has no step {name!r}{did_you_mean(name, self.steps)}")
        return self.steps[name]


def start_run() -> Fragment:
    """Return the first state: no job has run yet. What started the run stays in `$$.Execution.Input`."""
    return build_state("start", {"Type": "Pass", "Result": {"jobs": {}}})


def end_branch(group: Group) -> Fragment:
    """Return the last state of a branch: `split done`. Empty if the branch ends with a Parallel state, which can end.

    A step ends with a Choice, and a Choice cannot be the last state.
    """
    last = group if isinstance(group, str) else group.groups[-1]
    return build_state(f"{last} done", {"Type": "Succeed"}, final=True) if isinstance(last, str) else EMPTY


def name_branches(branches: Branches) -> str:
    """Return the name of a Parallel state: `clean and embed`, from the first step of each branch."""
    return names.shorten(" and ".join(list_group_steps(group)[0] for group in branches.groups), names.STATE_LIMIT)


def select_branch_results(branches: Branches, earlier: Iterable[str]) -> dict[str, str]:
    """Return the ResultSelector of a Parallel state: the result of every job so far, as the state's `$.jobs`.

    Each branch starts with the results of the `earlier` steps, so the first one has them.
    """
    origins = dict.fromkeys(earlier, 0)
    origins |= {step: index for index, group in enumerate(branches.groups) for step in list_group_steps(group)}
    keys = {build_path_name(step): index for step, index in origins.items()}
    return {f"{key}.$": f"$[{index}].jobs.{key}" for key, index in keys.items()}


def build_job_name(pipeline: Pipeline, step: str) -> str:
    """Return the intrinsic that names a step's job, with a new name for each run and redrive.

    `step` is any text with an ASCII letter or digit; config.yaml need not have such a step.
    """
    return runtime_values.build_job_name(pipeline.config, pipeline.platform, step)


def select_job_result(pipeline: Pipeline, step: str) -> dict[str, str]:
    """Return the ResultSelector of a step's Task: name, status, ARN, and the prefix that has the job's outputs."""
    kind = pipeline.find_step(step).kind
    name = f"$.{kind.name_member}"
    return {
        "name.$": name,
        "status.$": f"$.{kind.status_member}",
        "arn.$": f"$.{kind.arn_member}",
        "prefix.$": runtime_values.build_job_prefix(pipeline.config, step, name),
    }


def select_job_retry(pipeline: Pipeline, step: str) -> tuple[State, ...]:
    """Return the Retry of a step's Task. A loop that waits for capacity waits for the quota too."""
    if pipeline.find_wait_loop(step):
        return (SERVICE_RETRY,)
    return build_api_retry(pipeline.find_step(step).settings.wait_for_capacity)


def require_completed(step: str) -> Fragment:
    """Go on only if the step's job completed. To Step Functions a stopped job is a result, not an error."""
    cause = f"The {step} job ended as {{}}: it was stopped or ran out of time. {NO_REDRIVE}"
    status = f"{runtime_values.build_result_path(step)}.status"
    stopped = fail(f"{step} did not complete", "JobNotCompleted", format_string(cause, status))
    return guard(f"{step} completed?", [({"Not": {"Variable": status, "StringEquals": "Completed"}}, stopped)])
