"""How long each step of a model usually takes: the median of its last runs. Changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from pushtrain.platform import Platform
from pushtrain.runs.listing import list_runs
from pushtrain.runs.read import show_run

LAST = 5  # runs that are looked at; each costs a few requests


def usual_seconds(platform: Platform, model: str, *, but: str = "") -> Mapping[str, float]:
    """Step -> median seconds of its completed jobs in the last runs, `but` not counted. Empty for a new model."""
    seconds = defaultdict(list)
    for listed in list_runs(platform, model, LAST + 1):
        if listed.run == but:
            continue
        for job in show_run(platform, model, listed.run).jobs:
            if job.status == "Completed":
                seconds[job.step].append(job.seconds)
    return {step: median(times) for step, times in seconds.items()}
