"""A push that cannot run: its problems, and problems.json, where the person who pushed finds them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pushtrain.errors import Problem
from pushtrain.layout import build_problems_key
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push


class Refused(Struct, frozen=True, kw_only=True):
    """A push that cannot run: its model and revision, and all its problems. problems.json has the same content."""

    model: str
    revision: str
    problems: tuple[Problem, ...]


def write_problems(s3: Any, push: Push, platform: Platform, problems: Sequence[Problem]) -> Refused:
    """Write problems.json to the artifact bucket. Return the refusal."""
    listed = [msgspec.to_builtins(problem) | {"text": str(problem)} for problem in problems]
    document = {"model": push.model, "revision": push.revision, "version": push.version, "problems": listed}
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    key = build_problems_key(push.model, push.revision)
    s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=body)
    return Refused(model=push.model, revision=push.revision, problems=tuple(problems))
