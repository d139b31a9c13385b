"""Points in time as text, in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def format_time(epoch: float) -> str:
    """Return the time as `--json` prints it, such as `2026-11-21T07:00:00+00:00`. `epoch` is in seconds."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def format_minute(epoch: float) -> str:
    """Return the time as tables print it, such as `2026-11-21 07:00`. `epoch` is in seconds."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M")


def format_age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: `just now`, `5 minutes ago`, `1 day ago`."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if (count := int(seconds // length)) > 0:
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "just now"
