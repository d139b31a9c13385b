"""Measures what many small files cost: `pushtrain run` on a model repo with 3,000 data files, and without them.

Three pairs, one after the other. Processor time of the whole process, jobs included: other programs change it less.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).parents[1] / "tests" / "embedded" / "repos" / "plain"
COUNT = 3_000
PAIRS = 3


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, seconds, note)."""
    with tempfile.TemporaryDirectory() as folder:
        repo = Path(folder, "repo")
        shutil.copytree(REPO, repo)
        for number in range(COUNT):
            (repo / "data" / f"{number:05}.csv").write_text("1,2\n\n", encoding="utf-8")
        measure_run(REPO)  # warms the disk's cache
        pairs = [(measure_run(REPO), measure_run(repo)) for _ in range(PAIRS)]
    extra = statistics.median(with_files - without for without, with_files in pairs)
    pair_list = ", ".join(f"{without:.1f}/{with_files:.1f}" for without, with_files in pairs)
    note = f"pairs (without/with): {pair_list}; goal under 5 s"
    return [(f"processor time of {COUNT} files of 5 bytes", f"{extra:.1f} s", note)]


def measure_run(repo: Path) -> float:
    """Return the processor time of one `pushtrain run`, in seconds, with that of its jobs."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", store]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
