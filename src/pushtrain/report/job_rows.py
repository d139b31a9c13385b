"""The rows of a report about the jobs of a run, and about what they ran with: images, hyperparameters, cost. Pure.

In: Facts. Out: cells, or pairs of a label and a text, without facts that are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pushtrain.catalog.job_fields import is_spot, read_image, read_instances
from pushtrain.config import find_trainer, select_variant
from pushtrain.record import omit_unknown
from pushtrain.report.facts import Facts
from pushtrain.report.scale import format_duration
from pushtrain.runs import Job


def build_job_row(job: Job, t: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a job: step, instances, status, duration, billed duration."""
    described = job.described
    resources = read_instances(described)
    count, spot = resources.get("InstanceCount", 1), is_spot(described)
    instances = (
        resources.get("InstanceType", "") + (f" × {count}" if count > 1 else "") + (f" ({t['spot']})" if spot else "")
    )
    billed = described.get("BillableTimeInSeconds")
    return {
        "step": job.step,
        "instances": instances,
        "status": job.status,
        "time": format_duration(job.seconds),
        "billed": "" if billed is None else format_duration(billed),
    }


def list_environment_rows(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield environment, images, hyperparameters, duration and cost."""
    images: dict[str, list[str]] = {}
    for job in facts.jobs:
        images.setdefault(read_image(job.described), []).append(job.step)
    images.pop("", None)
    winner = facts.verdict.candidate if facts.verdict else ""
    trainer = find_trainer(select_variant(facts.config, winner)) if facts.config else None
    parameters = trainer.hyperparameters if trainer else {}
    rows: list[tuple[str, str]] = [
        (t["overlay"], omit_unknown(facts.record.environment if facts.record else "")),
        *(
            (_label_image(t["image_of"], steps, len(images)), _describe_image(image, facts))
            for image, steps in images.items()
        ),
        (t["hyperparameters"], ", ".join(f"{name} = {value}" for name, value in parameters.items())),
        (t["time_total"], format_duration(facts.run.seconds) if facts.run else ""),
        (t["cost"], _format_cost(facts, t)),
    ]
    return ((name, value) for name, value in rows if value)


def _label_image(label: str, steps: list[str], image_count: int) -> str:
    return label if image_count == 1 else f"{label} · {', '.join(dict.fromkeys(steps))}"


def _describe_image(image: str, facts: Facts) -> str:
    """Return an image with its digest, if somebody asked for it when the run started."""
    digest = facts.record.image_digests.get(image) if facts.record else None
    return f"{image} · {digest}" if digest else image


def _format_cost(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.is_local:
        return t["cost_local"]
    return t["cost_known"].format(facts.cost) if facts.cost else t["cost_unknown"]
