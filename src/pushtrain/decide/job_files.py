"""Which files an evaluation job says that it wrote: their SHA-256, in the job's ExitMessage. Reads SageMaker.

A job may write below all runs of its team, so a file at a job's address may come from another job. Only the containers
of a job write its ExitMessage: `pushtrain_start.py` adds the hashes when the script has ended.
Source: SageMaker guide, "Save and Access Metadata Information About Your Processing Job": in every final status,
ExitMessage has the first 1 KB of /opt/ml/output/message; the messages of several containers are joined.
"""

from __future__ import annotations

import re
from typing import Any

from pushtrain.catalog.job_kinds import PROCESSING

JobFiles = frozenset[tuple[str, str]]  # names and SHA-256: ("evaluation.json", "9f86d0…")
_RECORD = re.compile(r"pushtrain-files:((?: [\w.]+=[0-9a-f]{64})+)\n?")
_FILE = re.compile(r" ([\w.]+)=([0-9a-f]{64})")


def read_job_files(sagemaker: Any, job: str) -> JobFiles:
    """Return the files that the containers of a processing job wrote; empty if they named none."""
    describe = getattr(sagemaker, PROCESSING.build_method("describe"))
    return parse_job_files(describe(**{PROCESSING.name_member: job}).get("ExitMessage", ""))


def parse_job_files(message: str) -> JobFiles:
    """Return the files that an ExitMessage names."""
    return frozenset(file for record in _RECORD.findall(message) for file in _FILE.findall(record))


def remove_job_files(message: str) -> str:
    """Return what the script itself wrote into an ExitMessage."""
    return _RECORD.sub("", message)
