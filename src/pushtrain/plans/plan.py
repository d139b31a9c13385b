"""Model repo + Platform -> the effects of a push of it. Reads AWS, changes nothing."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from pushtrain import aws
from pushtrain.config import LoadedConfig, list_steps
from pushtrain.cost import CostEstimate, PlannedJob, check_cost_limit, estimate_cost, list_planned_jobs, read_prices
from pushtrain.errors import Problem
from pushtrain.launch.state_machine import DefinitionChange, build_state_machine_arn, find_version
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import ModelRepo, read_model_repo
from pushtrain.plans.champion import PlannedChampion, plan_champion
from pushtrain.plans.parent_searches import check_parent_searches
from pushtrain.plans.resumed import find_resumed_steps
from pushtrain.plans.reuse import plan_reuse
from pushtrain.plans.state_changes import StateChange, list_state_changes
from pushtrain.plans.validation import AwsAnswer, ask_aws
from pushtrain.platform import Platform
from pushtrain.pushes.data_listing import Listings
from pushtrain.pushes.upload import find_pushed_version
from pushtrain.record import RunRecord
from pushtrain.workflow import compile_workflow, serialize_definition
from pushtrain.workflow.capacity import list_capacity_waits
from pushtrain.workflow.order import find_extra_waits, find_waits

CONTEXT_LINES = 3  # around each difference


class Plan(Struct, frozen=True, kw_only=True):
    """The effects of a push.

    `pushed`: the revision is in the code bucket, so that a push has no effect. `state_machine`: ARN of the
    model's state machine. `definition`: what the push would do to it; an `unchanged` one has a `version` (ARN) already.
    `diff`: unified diff from the state machine's newest definition to that of the push; `changes`: the same by state.
    `jobs`: those that a run starts, without the ones that are reused; `record` says which are and why, in its
    `reuse`, and in `same_as` which earlier run a push would only repeat: then it starts nothing.
    `answer`: what AWS says about the definition of the push. `max_cost`: what a run costs at most, by the platform's
    prices; `full_cost`: if nothing is reused. `refused`: why no run would start, else None.
    `waits`: the steps after which a step starts, by step. `extra_waits`: the steps that it waits for although it need
    not, because Step Functions runs only nested branches. `capacity_waits`: how many seconds a step waits for capacity
    at most, by step, for those whose wait config.yaml writes. `resumed_from`: the run whose checkpoints a step would
    continue, by step. `candidates`: the steps of each candidate. `listings`: the objects of the data.
    `champion`: what the gate compares with; None if it does not.
    """

    model: str
    revision: str
    files: int
    pushed: bool
    state_machine: str
    definition: DefinitionChange
    version: str
    diff: str
    jobs: tuple[PlannedJob, ...]
    record: RunRecord
    max_cost: CostEstimate
    full_cost: CostEstimate
    refused: Problem | None
    answer: AwsAnswer
    waits: Mapping[str, tuple[str, ...]]
    extra_waits: Mapping[str, tuple[str, ...]]
    capacity_waits: Mapping[str, int]
    resumed_from: Mapping[str, str]
    champion: PlannedChampion | None
    changes: tuple[StateChange, ...] = ()
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listings: Listings = field(default_factory=dict)

    @property
    def has_branches(self) -> bool:
        """True if some steps run at the same time."""
        chain = itertools.pairwise(self.waits)
        return any(self.waits[step] != (earlier,) for earlier, step in chain)


def plan_push(folder: str | Path, platform: Platform) -> Plan:
    """Return what a push of the model repo in `folder` would do. Nothing is uploaded or changed.

    Raises ConfigError with every problem, PushError if the folder is not a model repo.
    """
    folder = Path(folder)
    loaded = check_model_repo(folder, platform.config_environment, platform).loaded
    return build_plan(read_model_repo(folder), loaded, platform)


def build_plan(repo: ModelRepo, loaded: LoadedConfig, platform: Platform) -> Plan:
    """Return the effects of a push of `repo`, whose config.yaml is `loaded`. Raises AWS's errors unchanged."""
    model = loaded.config.model
    predecessors = {step.name: step.predecessors for step in list_steps(loaded.config)}
    definition = compile_workflow(loaded.config, platform)
    s3, states = aws.client("s3", platform.region), aws.client("stepfunctions", platform.region)
    text = serialize_definition(definition)
    listings: Listings = {}
    record = plan_reuse(s3, repo, loaded.config, text, platform, listings)
    all_jobs = tuple(list_planned_jobs(definition))
    jobs = tuple(job for job in all_jobs if job.step not in record.reused_jobs)
    prices = read_prices(platform)
    cost = estimate_cost(jobs, prices, platform.price_region)
    newest = _read_newest_definition(states, build_state_machine_arn(platform, model))
    version = find_version(s3, states, model, text, platform) if newest else None
    change: DefinitionChange = "created" if newest is None else "unchanged" if version else "updated"
    return Plan(
        model=model,
        revision=repo.revision,
        files=len(repo.files),
        pushed=find_pushed_version(platform, model, repo.revision) is not None,
        state_machine=build_state_machine_arn(platform, model),
        definition=change,
        version=version or "",
        diff=diff_definitions(newest, definition) if newest else "",
        changes=tuple(list_state_changes(newest, definition)) if newest else (),
        jobs=jobs,
        record=record,
        max_cost=cost,
        full_cost=estimate_cost(all_jobs, prices, platform.price_region),
        refused=check_cost_limit(loaded, cost, platform) or check_parent_searches(s3, loaded.config, record, platform),
        answer=ask_aws(definition, platform),
        waits=find_waits(predecessors),
        extra_waits=find_extra_waits(predecessors),
        capacity_waits=list_capacity_waits(definition),
        resumed_from=find_resumed_steps(s3, record, platform),
        champion=plan_champion(s3, loaded.config, platform),
        candidates={candidate.name: candidate.run_steps for candidate in loaded.config.candidates},
        listings=listings,
    )


def diff_definitions(current: Mapping[str, Any], pushed: Mapping[str, Any]) -> str:
    """Return the unified diff of two definitions, one line for each value; empty if they are equal."""
    lines = difflib.unified_diff(
        _format_lines(current), _format_lines(pushed), "as it is", "after this push", n=CONTEXT_LINES, lineterm=""
    )
    return "\n".join(lines)


def _format_lines(definition: Mapping[str, Any]) -> list[str]:
    return json.dumps(definition, indent=2, ensure_ascii=False).splitlines()


def _read_newest_definition(states: Any, arn: str) -> dict[str, Any] | None:
    """Return the state machine's current definition, which was published last; None if it does not exist."""
    try:
        definition: dict[str, Any] = json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"])
    except states.exceptions.StateMachineDoesNotExist:
        return None
    return definition
