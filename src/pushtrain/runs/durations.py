"""Estimate how long each step of a model takes: the median of its last runs. Changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from pushtrain.platform import Platform
from pushtrain.runs.listing import list_runs
from pushtrain.runs.read import read_run

RUN_COUNT = 5  # runs to read; each needs a few requests


def find_usual_seconds(platform: Platform, model: str, *, except_run: str = "") -> Mapping[str, float]:
    """Return the median seconds of each step's completed jobs, by step; empty for a new model.

    Reads the last five runs of the model, without the run `except_run` and without experiments.
    """
    seconds = defaultdict(list)
    for listed in list_runs(platform, model, RUN_COUNT + 1):
        if listed.run == except_run or listed.experiment is not None:
            continue
        for job in read_run(platform, model, listed.run).jobs:
            if job.status == "Completed":
                seconds[job.step].append(job.seconds)
    return {step: median(times) for step, times in seconds.items()}
