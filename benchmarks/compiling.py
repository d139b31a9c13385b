"""Measures the processor time to compile a config.yaml in a warm process, and how it grows with metrics and steps."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow

ROOT = Path(__file__).parents[1]
REPETITIONS = 30


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, milliseconds, note)."""
    text = (ROOT / "model_repos" / "breast-cancer" / "config.yaml").read_bytes()
    rows = [
        ("breast-cancer: config.yaml to definition, warm", f"{_measure_milliseconds(text):.1f} ms", "goal under 10 ms")
    ]
    conditions = [(count, _measure_milliseconds(_build_config(count))) for count in (5, 9, 18, 36)]
    growth = ", ".join(f"{count}: {value:.1f} ms" for count, value in conditions)
    ratio = conditions[-1][1] / conditions[-2][1]
    rows.append(("gates of 5, 9, 18, 36 metrics", growth, f"twice the gates: {ratio:.2f} times the time"))
    steps = [(count, _measure_milliseconds(_build_graph(count))) for count in (5, 10, 20, 40)]
    growth = ", ".join(f"{count}: {value:.1f} ms" for count, value in steps)
    ratio = steps[-1][1] / steps[-2][1]
    return [*rows, ("graphs of 5, 10, 20, 40 steps", growth, f"goal: 20 steps under 20 ms; 40: {ratio:.2f} times 20")]


def _build_config(count: int) -> bytes:
    when = [{"metric": f"group.m{index:03}", "at_least": 0.5} for index in range(count)]
    step = {"framework": "sklearn 1.2-1"}
    return yaml.safe_dump({"model": "m", "train": step, "evaluate": step, "register": {"when": when}}).encode()


def _build_graph(count: int) -> bytes:
    """Return a config in which one step feeds chains of up to three steps, which run at the same time."""
    steps: dict[str, dict[str, object]] = {"source": {"script": "s.py", "inputs": ["data.raw"], "outputs": ["rows"]}}
    for index in range(count - 1):
        source = "source" if index % 3 == 0 else f"s{index - 1}"
        steps[f"s{index}"] = {"script": "s.py", "inputs": [f"{source}.rows"], "outputs": ["rows"]}
    defaults = {"framework": "sklearn 1.2-1"}
    config = {"model": "m", "defaults": defaults, "data": {"raw": "s3://lake/raw/"}, "steps": steps}
    return yaml.safe_dump(config, sort_keys=False).encode()


def _measure_milliseconds(text: bytes) -> float:
    """Return the least processor time of many compilations. Other programs hardly change it: nothing is waited for."""
    platform = Platform.local()
    samples = []
    for _ in range(REPETITIONS):
        start = time.process_time()
        compile_workflow(load_config(text).config, platform)
        samples.append(time.process_time() - start)
    return 1000 * min(samples)
