"""Model repos that are trained once for all tests that only read what came of it, or go on with a copy."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forks import run_pushtrain

STORE = ".pushtrain"
LONGEST = 600  # seconds that a busy computer may need to train a network


@dataclass(frozen=True)
class Trained:
    """A folder with a model repo and the store of its first run, and what `pushtrain run --json` printed.

    `text` is what a person reads, which goes to stderr because of --json. `document` is the JSON.
    """

    repo: Path
    store: Path
    text: str
    document: dict[str, Any]


def train(repo: Path, store: Path | None = None, *options: str) -> Trained:
    """Run a model repo. Without `store`, the current folder is the one that holds the repo, and the store is there."""
    words = (*(("--store", store) if store else ()), *options)
    with contextlib.chdir(repo.parent):
        process = run_pushtrain("run", repo.name, *words, "--json", timeout=LONGEST)
    assert process.returncode == 0, process.stderr
    return Trained(repo, store or repo.parent / STORE, process.stderr, json.loads(process.stdout))
