"""`pushtrain plan`: what a push would do."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.model_repo_arguments import Chosen, choosing
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table

if TYPE_CHECKING:
    from pushtrain.cost import CostLine
    from pushtrain.plans.plan import Plan
    from pushtrain.plans.quotas import Quota, Shortage
    from pushtrain.platform import Platform


@click.command("plan")
@choosing
@platform_options
@json_option
def command(chosen: Chosen, as_json: bool, **where: Any) -> int:
    """Show what a push would do, without doing it.

    Whether the revision is new, what happens to the state machine, line by line, which machines the
    jobs take for how long at most, the most that can cost, and GPU quotas of the account that are too
    small. Exit code 1 when a limit of config.yaml refuses the push. With --local, what a push to this
    machine would do; it has no quotas.
    """
    from pushtrain.plans.quotas import find_shortages

    with open_platform(**where) as platform:
        plans = [_plan(folder, platform) for folder in chosen.folders]
    quotas = None if where["local"] else _quotas(plans, platform)
    short = [None if quotas is None else find_shortages(each.jobs, quotas) for each in plans]
    if as_json:
        documents = [_document(each, lacks) for each, lacks in zip(plans, short, strict=True)]
        chosen.print_json("plans", documents)
    else:
        for each, lacks in zip(plans, short, strict=True):
            _tell(each, platform, [lack.text(platform.region) for lack in lacks or ()])
    return 1 if any(each.refused for each in plans) else 0


def _plan(folder: Path, platform: Platform) -> Plan:
    from pushtrain.cli.commands.validate import check, show_warnings
    from pushtrain.model_repo.folder import read_model_repo
    from pushtrain.plans.plan import build_plan

    loaded = check(folder, platform.environment, platform)
    show_warnings(loaded)
    return build_plan(read_model_repo(folder), loaded, platform)


def _quotas(plans: list[Plan], platform: Platform) -> dict[str, Quota] | None:
    """Quotas of all GPUs in the plans; None, and why on stderr, when AWS does not tell them."""
    from botocore.exceptions import BotoCoreError, ClientError

    from pushtrain.plans.quotas import build_quota_name, read_quotas, select_gpu_jobs

    try:
        return read_quotas(
            {build_quota_name(job) for each in plans for job in select_gpu_jobs(each.jobs)}, platform.region
        )
    except (ClientError, BotoCoreError) as error:
        click.echo(f"GPU quotas were not looked at: {' '.join(str(error).split())}", err=True)
        return None


def _document(plan: Plan, lacks: list[Shortage] | None) -> dict[str, Any]:
    named = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan) if field.name != "most"}
    jobs, refused = [dataclasses.asdict(job) for job in plan.jobs], str(plan.refused) if plan.refused else None
    quotas = None if lacks is None else [dataclasses.asdict(lack) for lack in lacks]
    return named | {"jobs": jobs, "max_cost": plan.most.document(), "refused": refused, "too_small_quotas": quotas}


def _tell(plan: Plan, platform: Platform, quotas: list[str]) -> None:
    again = (
        "run before; `run` runs it anew"
        if platform.local_option
        else "pushed before: only push --again does the following"
    )
    fate = again if plan.pushed else "new"
    click.secho(f"{plan.model} · revision {plan.revision[:12]} · {plan.files} files · {fate}", bold=True)
    click.echo(f"  state machine {plan.state_machine.rpartition(':')[2]}: {_change(plan)}")
    if plan.jobs:
        print_table([_job(line) for line in plan.most.lines])
    _tell_cost(plan, platform)
    for text in quotas:
        click.secho(f"  quota: {text}", fg="yellow")
    for line in plan.diff.splitlines():
        click.secho(f"    {line}", fg={"+": "green", "-": "red"}.get(line[0]))


def _job(line: CostLine) -> tuple[str, ...]:
    from pushtrain.config import format_duration

    job = line.job
    again = f" {job.runs} times" if job.runs > 1 else ""
    time = f"at most {format_duration(job.max_runtime)}{again}"
    return f"  {job.step}", job.instance, f"× {job.instances}", time, "spot" * job.spot, str(line.cost or "unknown")


def _tell_cost(plan: Plan, platform: Platform) -> None:
    most = plan.most
    if plan.refused:
        click.secho(f"  a push is refused: {plan.refused}", fg="red")
        return
    if most.total:
        of = f", by prices of {most.as_of}" if most.as_of else ""
        click.echo(f"  costs at most {most.total} a run{of}; without disks, storage, transfer, taxes")
        return
    click.echo("  what a run costs at most is unknown:")
    for reason in most.unknown:
        click.echo(f"    {reason}")
    click.echo(f"    prices are given with: {find_program()} prices use FILE{platform.cli_option}")


def _change(plan: Plan) -> str:
    """What happens to the state machine, in words."""
    if plan.definition == "unchanged":
        number = plan.version.rpartition(":")[2]
        return f"goes back to version {number}, whose definition differs" if plan.diff else "unchanged"
    if plan.definition == "updated" and not plan.diff:
        return "updated: its role or its log group changed, its definition did not"
    return plan.definition
