"""A push that cannot run: its problems, and problems.json, where the person who pushed finds them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.errors import Problem
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A push that cannot run, with all its problems. problems.json holds the same."""

    model: str
    revision: str
    problems: tuple[Problem, ...]


def build_problems_key(push: Push) -> str:
    """Return the key of a push's problems.json in the artifact bucket."""
    return f"{push.model}/pushes/{push.revision}/problems.json"


def write_problems(s3: Any, push: Push, platform: Platform, problems: Sequence[Problem]) -> Refused:
    """Write problems.json to the artifact bucket. Return the refusal."""
    listed = [dataclasses.asdict(problem) | {"text": str(problem)} for problem in problems]
    document = {"model": push.model, "revision": push.revision, "version": push.version, "problems": listed}
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    s3.put_object(Bucket=platform.artifact_bucket, Key=build_problems_key(push), Body=body)
    return Refused(model=push.model, revision=push.revision, problems=tuple(problems))
