"""`pushtrain plan`: show what a push would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pushtrain.cli.model_repo_arguments import ModelRepoFolders, model_repo_arguments
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.progress import measure_steps
from pushtrain.cli.terminal.reuse_text import format_reuse
from pushtrain.cli.terminal.run_text import format_same
from pushtrain.cli.terminal.tables import print_table
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.cost import CostLine, PlannedJob
    from pushtrain.plans.plan import Plan
    from pushtrain.plans.quotas import Quota, Shortage
    from pushtrain.plans.state_changes import StateChange
    from pushtrain.plans.validation import AwsAnswer
    from pushtrain.platform import Platform
    from pushtrain.runs import StepExplanation

MAX_CHANGES = 20  # changes of the definition that are printed


@click.command("plan")
@model_repo_arguments
@click.option("--diff", "shows_diff", is_flag=True, help="Print the differences of the whole definition, line by line.")
@platform_options
@json_option
def command(folders: ModelRepoFolders, as_json: bool, shows_diff: bool, **options: Any) -> int:
    """Show what a push would do, without doing it.

    Is the revision new? What changes in which state of the state machine? Which steps are reused, and why do
    the others run? Which instances do the jobs take, for how long and at what cost at most? Which steps wait for which?
    Which GPU quotas of the account are too small? Does AWS take the definition?
    Exit code 1 if it does not, if a limit of config.yaml refuses the push, or if a job needs more GPU instances than
    its quota has. With --local, what `run` would do on this computer; it has no quotas.
    """
    from pushtrain.plans.quotas import find_blocked_jobs, find_candidate_shortages, find_shortages
    from pushtrain.runs import explain_record

    requested = bool(options["environment"])
    with open_platform(**options) as platform:
        plans = [_plan(folder, platform, environment_requested=requested) for folder in folders]
        explanations = [explain_record(platform, plan.record, plan.listings) for plan in plans]
    jobs = [job for plan in plans for job in plan.jobs]
    quotas = None if options["local"] else read_quotas_or_warn(jobs, platform)
    shortages = [
        None
        if quotas is None
        else find_shortages(plan.jobs, quotas) + find_candidate_shortages(plan.jobs, quotas, plan.candidates)
        for plan in plans
    ]
    rows = zip(plans, explanations, shortages, strict=True)
    if as_json:
        folders.print_json("plans", [_build_document(plan, reuse, short) for plan, reuse, short in rows])
    else:
        for plan, reuse, short in rows:
            quota_texts = [shortage.format(platform.region) for shortage in short or ()]
            _print_plan(plan, platform, reuse, quota_texts, shows_diff=shows_diff)
    is_blocked = bool(find_blocked_jobs(jobs, quotas or {}))
    return 1 if is_blocked or any(plan.refused or plan.answer.is_refusal for plan in plans) else 0


def _plan(folder: Path, platform: Platform, *, environment_requested: bool) -> Plan:
    from pushtrain.cli.commands.validate import show_warnings
    from pushtrain.model_repo.check import check_model_repo
    from pushtrain.model_repo.contents import read_model_repo
    from pushtrain.plans.plan import build_plan

    environment = platform.config_environment
    loaded = check_model_repo(folder, environment, platform, environment_requested=environment_requested).loaded
    show_warnings(loaded.warnings)
    return build_plan(read_model_repo(folder), loaded, platform)


def read_quotas_or_warn(jobs: Iterable[PlannedJob], platform: Platform) -> dict[str, Quota] | None:
    """Return the quotas of all GPUs that the jobs use. If AWS refuses, print why and return None."""
    from botocore.exceptions import BotoCoreError, ClientError

    from pushtrain.plans.quotas import read_gpu_quotas

    try:
        return read_gpu_quotas(jobs, platform.region)
    except (ClientError, BotoCoreError) as error:
        echo(f"GPU quotas were not looked at: {' '.join(str(error).split())}", err=True)
        return None


def _build_document(plan: Plan, reuse: Sequence[StepExplanation], shortages: list[Shortage] | None) -> dict[str, Any]:
    """Return the JSON of a plan. Its keys stay as they are: scripts read them."""
    return {
        "model": plan.model,
        "revision": plan.revision,
        "files": plan.files,
        "pushed": plan.pushed,
        "machine": plan.state_machine,
        "definition": plan.definition,
        "version": plan.version,
        "diff": plan.diff,
        "changes": [msgspec.to_builtins(change) for change in plan.changes],
        "jobs": [msgspec.to_builtins(job) for job in plan.jobs],
        "refused": str(plan.refused) if plan.refused else None,
        "aws": msgspec.to_builtins(plan.answer),
        "max_cost": plan.max_cost.to_document(),
        "reuse": [msgspec.to_builtins(explanation) for explanation in reuse],
        "waits": plan.waits,
        "extra_waits": plan.extra_waits,
        "capacity_waits": plan.capacity_waits,
        "resumed_from": plan.resumed_from,
        "same_as": plan.record.same_as.run if plan.record.same_as else None,
        "champion": msgspec.to_builtins(plan.champion.version) if plan.champion and plan.champion.version else None,
        "too_small_quotas": None if shortages is None else [msgspec.to_builtins(shortage) for shortage in shortages],
    }


def _print_plan(
    plan: Plan, platform: Platform, reuse: Sequence[StepExplanation], quotas: list[str], *, shows_diff: bool
) -> None:
    from pushtrain.config import format_duration

    repeat = (
        "run before; `run` runs it anew"
        if platform.local_option
        else "pushed before: only push --again does the following"
    )
    status = "nothing has changed" if plan.record.same_as else repeat if plan.pushed else "new"
    secho(f"{plan.model} · revision {plan.revision[:12]} · {plan.files} files · {status}", bold=True)
    echo(f"  state machine {plan.state_machine.rpartition(':')[2]}: {_format_change(plan)}")
    _print_changes(() if shows_diff else plan.changes)
    if same := plan.record.same_as:
        echo(f"  {format_same(same)}: nothing would start; --again starts a run")
    for line in format_reuse(reuse, width=measure_steps(plan.waits)):
        echo(f"  {line}")
    if plan.jobs:
        print_table([(*_format_job(line), _format_waits(line.job.step, plan)) for line in plan.max_cost.lines])
    for step, others in plan.extra_waits.items():
        echo(f"  extra wait: {step} waits for {', '.join(others)} too, although it reads nothing from there")
    for step, run in plan.resumed_from.items():
        echo(f"  resumed: {step} goes on with the checkpoints of run {run}")
    for step, seconds in plan.capacity_waits.items():
        time = format_duration(seconds)
        echo(f"  capacity: {step} waits for instances, at most {time} in all; a run that ends there cannot be redriven")
    if plan.champion:
        echo(show_on_line(f"  champion: {plan.champion.text}"))
    print_answer(plan.answer)
    _print_cost(plan, platform)
    for text in quotas:
        secho(f"  quota: {text}", fg="yellow")
    _print_diff(plan.diff if shows_diff else "")


def _print_changes(changes: Sequence[StateChange]) -> None:
    """Print a line for each change of a state, MAX_CHANGES of them."""
    rows = [(f"    {show_on_line(change.state)}", show_on_line(change.text)) for change in changes[:MAX_CHANGES]]
    if rows:
        print_table(rows)
    if changes[MAX_CHANGES:]:
        echo(f"    and {len(changes) - MAX_CHANGES} more; --diff prints all")


def _print_diff(diff: str) -> None:
    for line in diff.splitlines():
        secho(f"    {line}", fg={"+": "green", "-": "red"}.get(line[0]))


def print_answer(answer: AwsAnswer) -> None:
    """Print what AWS says about a definition; nothing if it takes it without a remark."""
    for diagnostic in answer.diagnostics:
        secho(f"  {diagnostic}", fg="red" if diagnostic.severity == "ERROR" else "yellow")
    if answer.reason:
        echo(f"AWS was not asked about the definition: {answer.reason}", err=True)


def _format_job(line: CostLine) -> tuple[str, ...]:
    from pushtrain.config import format_duration

    job = line.job
    repeats = f" {job.runs} times" if job.runs > 1 else ""
    time = f"at most {format_duration(job.max_runtime)}{repeats}"
    return (
        f"  {job.step}",
        _format_instance(line),
        f"× {job.instances}",
        time,
        "spot" * job.spot,
        str(line.cost or "unknown"),
    )


def _format_instance(line: CostLine) -> str:
    """Return the instance types of a job: `ml.m5.large`, `ml.g5.xlarge or ml.p3.2xlarge (dearest)`."""
    job = line.job
    dearest = job.instance if line.cost else ""
    return " or ".join(f"{name} (dearest)" if name == dearest else name for name in job.preferences) or job.instance


def _format_waits(step: str, plan: Plan) -> str:
    """Return `after clean, embed` if steps run at the same time; empty for a chain, whose order the rows show."""
    waits = plan.waits.get(step, ())
    return f"after {', '.join(waits)}" if waits and plan.has_branches else ""


def _print_cost(plan: Plan, platform: Platform) -> None:
    cost = plan.max_cost
    if plan.refused:
        secho(f"  a push is refused: {plan.refused}", fg="red")
        return
    if cost.total:
        prices = f", by prices of {cost.as_of} in {platform.price_region}" if cost.as_of else ""
        full = (
            f" ({plan.full_cost.total or 'an unknown amount'} with nothing reused)" if plan.record.reused_jobs else ""
        )
        echo(f"  costs at most {cost.total} a run{full}{prices}; without disks, storage, transfer, taxes")
        return
    partial = f"what is known costs at most {cost.known_total} a run, the rest is unknown"
    echo(f"  {partial if cost.known_total.amount else 'what a run costs at most is unknown'}:")
    for reason in cost.unknown:
        echo(f"    {reason}")
    echo(f"    prices are given with: {find_program()} prices use FILE{platform.cli_option}")


def _format_change(plan: Plan) -> str:
    """Return what happens to the state machine."""
    if plan.definition == "unchanged":
        number = plan.version.rpartition(":")[2]
        return f"goes back to version {number}, whose definition differs" if plan.diff else "unchanged"
    if plan.definition == "updated" and not plan.diff:
        return "updated: its role or its log group changed, its definition did not"
    return plan.definition
