"""Teams of a platform: each owns the models whose names match its patterns. Pure.

A pattern is a model's name, the beginning of names and `*` (`churn-*`), or `*` alone. `*` stands only at the end: IAM
patterns are built from it, and there `*` also stands for `/`. `*-churn/runs/*` would match the runs of other models.
"""

from __future__ import annotations

import re

from msgspec import Struct

ANY_MODEL = "*"
NAME_LIMIT = 16  # characters of the platform's prefix, a hyphen and the name of a team: names of jobs start with them
TEAM_NAME = re.compile(r"[a-z][a-z0-9]{0,7}")
MODEL_PATTERN = re.compile(r"\*|[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}\*")


class Team(Struct, frozen=True, kw_only=True):
    """A team and the patterns of its models. `name` is empty for the only team of a platform without `teams`."""

    name: str
    models: tuple[str, ...]

    def owns(self, model: str) -> bool:
        """Return True if the model is one of this team."""
        return any(is_match(pattern, model) for pattern in self.models)

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.models)})"


ONLY_TEAM = Team(name="", models=(ANY_MODEL,))


def is_match(pattern: str, model: str) -> bool:
    """Return True if the pattern matches the name of a model: `churn-*` matches `churn-2`."""
    return model.startswith(pattern[:-1]) if pattern.endswith(ANY_MODEL) else model == pattern


def overlaps(pattern: str, other: str) -> bool:
    """Return True if some name of a model matches both patterns: `churn-*` and `churn-2`."""
    if pattern.endswith(ANY_MODEL) and other.endswith(ANY_MODEL):
        return pattern[:-1].startswith(other[:-1]) or other[:-1].startswith(pattern[:-1])
    if pattern.endswith(ANY_MODEL):
        return is_match(pattern, other)
    return is_match(other, pattern)
