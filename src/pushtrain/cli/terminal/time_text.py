"""Moments as text, in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def format_time(epoch: float) -> str:
    """A moment as JSON gives it, in UTC."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def format_minute(epoch: float) -> str:
    """The same for a table: to the minute, UTC."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M")
