"""How long the decision about reuse takes: 10 steps, 1,000 earlier jobs. Run with `python -m benchmarks.reuse`.

In: nothing. Out: milliseconds of processor time for reading the index and deciding, without the calls of S3.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

from pushtrain.config import list_steps, load_config
from pushtrain.reuse import ReusableJob, ReuseIndex, ReuseRequest, StepKey, decide_reuse

STEPS, JOBS, REPEATS = 10, 1000, 20
PARTS = ("template", "files", "image", "settings", "inputs", "outputs")


def build_config() -> bytes:
    """Return a chain of STEPS steps, all with `cache`."""
    lines = [
        "model: churn",
        "data: {raw: s3://lake/raw/}",
        "defaults: {framework: sklearn 1.2-1, cache: true}",
        "steps:",
    ]
    sources = ["data.raw", *(f"s{number}.rows" for number in range(STEPS - 1))]
    lines += [
        f"  s{number}: {{script: s.py, inputs: [{source}], outputs: [rows]}}" for number, source in enumerate(sources)
    ]
    return "\n".join(lines).encode()


def build_index() -> bytes:
    """Return an index of JOBS jobs, whose keys no step has: each of them is compared."""
    jobs = [
        ReusableJob(
            step=f"s{number % STEPS}",
            key=f"{number:064x}",
            parts=dict.fromkeys(PARTS, f"{number:064x}"),
            environment="prod",
            run=f"3f2a8c0d1e4b-{number:06x}",
            name=f"pushtrain-churn-s{number % STEPS}-3f2a8c0d1e4b-{number:06x}-0-0",
            arn=f"arn:aws:sagemaker:ap-northeast-2:123456789012:processing-job/job-{number}",
            prefix=f"churn/runs/3f2a8c0d1e4b-{number:06x}/s{number % STEPS}/job-{number}",
            sources={},
            ended=datetime.fromtimestamp(number, UTC).isoformat(timespec="milliseconds"),
            outputs=f"{number:064x}",
        )
        for number in range(JOBS)
    ]
    return ReuseIndex().add(jobs).to_json().encode()


def measure() -> list[tuple[str, str, str]]:
    """Return a row of the benchmarks page."""
    document, steps = build_index(), list_steps(load_config(build_config()).config)
    keys = {step.name: StepKey(key="none", parts=dict.fromkeys(PARTS, "0" * 64)) for step in steps}
    request = ReuseRequest(environment="prod", now=datetime.now(UTC))
    milliseconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        decide_reuse(steps, keys, ReuseIndex.from_json(document), request, find_fault=lambda _: "")
        milliseconds.append((time.process_time() - start) * 1000)
    figure = f"{statistics.median(milliseconds):.0f} ms of processor time"
    note = f"goal: 50 ms; an index of {len(document) / 1e6:.1f} MB, no step has the key of an earlier job"
    return [(f"which of {STEPS} steps are reused, with {JOBS:,} earlier jobs", figure, note)]


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
