"""Durations and sizes: "2h" becomes seconds, "50GB" becomes gigabytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from pushtrain.config.issue import quote

HOUR = 3600
DAY = 24 * HOUR
LONGEST_CACHE = 10 * 365 * DAY
LARGEST_VOLUME = 16_384

_SECONDS = {"s": 1, "m": 60, "h": HOUR, "d": DAY}
_LATENCY = re.compile(r"(\d{1,6})\s*(ms|s)", re.ASCII)
LONGEST_LATENCY = 60_000  # milliseconds: an endpoint waits 60 seconds for an answer (guide, "Common errors")
_DURATION = re.compile(r"(\d{1,9})\s*([smhd])", re.ASCII)
_SIZE = re.compile(r"(\d{1,6})\s*(GB|TB)", re.ASCII | re.IGNORECASE)


def parse_duration(value: object) -> int:
    """Parse "90s", "30m", "2h", "1h 30m" or "3d" into seconds. Raises ValueError that shows the expected forms."""
    text = value.strip() if isinstance(value, str) else ""
    parts = list(_DURATION.finditer(text))
    if not parts or _DURATION.sub("", text).strip() or len(parts) > len(_SECONDS):
        raise ValueError(f"{_show(value)} is not a duration. Write 90s, 30m, 2h, 1h 30m or 3d")
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)


def parse_latency(value: object) -> int:
    """Parse "500ms" or "2s" into milliseconds. Raises ValueError that shows the expected forms."""
    match = _LATENCY.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{_show(value)} is not a time to answer in. Write 500ms or 2s")
    return int(match[1]) * (1000 if match[2] == "s" else 1)


def parse_cache(value: object) -> bool | int:
    """Return true and false as they are, and a duration such as "30d" in seconds. Raises ValueError for others."""
    if isinstance(value, bool):
        return value
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"{_show(value)} is neither true, false nor a duration. Write true, 30d or 12h") from error


def parse_size(value: object) -> int:
    """Parse "50GB" or "1TB" into gigabytes. Raises ValueError that shows the expected forms."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{_show(value)} is not a size. Write 50GB or 1TB")
    return int(match[1]) * (1024 if match[2].upper() == "TB" else 1)


def format_duration(seconds: int) -> str:
    """Return `seconds` in its shortest form: 5400 becomes "1h 30m"."""
    parts = []
    for unit, length in reversed(_SECONDS.items()):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def _show(value: object) -> str:
    if isinstance(value, str):
        return quote(value)
    return str(value) if isinstance(value, int | float) else "this"


def _limit_duration(limit: int, noun: str) -> Callable[[int], int]:
    def check(seconds: int) -> int:
        if not 1 <= seconds <= limit:
            raise ValueError(
                f"{format_duration(seconds)} is out of range: {noun} must be between 1s and {format_duration(limit)}"
            )
        return seconds

    return check


def _check_cache(age: bool | int) -> bool | int:
    return age if isinstance(age, bool) else _limit_duration(LONGEST_CACHE, "the age of a reused result")(age)


def _check_latency(milliseconds: int) -> int:
    if not 1 <= milliseconds <= LONGEST_LATENCY:
        raise ValueError(f"{milliseconds}ms is out of range: an endpoint waits between 1ms and 60s for an answer")
    return milliseconds


def _check_volume(gigabytes: int) -> int:
    if not 1 <= gigabytes <= LARGEST_VOLUME:
        raise ValueError(f"{gigabytes}GB is out of range: a volume must be between 1GB and 16TB")
    return gigabytes


_DURATION_PATTERN = r"^\s*(\d{1,9}\s*[smhd]\s*){1,4}$"
_AS_DURATION = WithJsonSchema({"type": "string", "pattern": _DURATION_PATTERN, "examples": ["30m", "2h"]})
_AS_CACHE = WithJsonSchema(
    {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": _DURATION_PATTERN}], "examples": ["30d"]}
)
_AS_SIZE = WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,6}\s*([gG][bB]|[tT][bB])\s*$", "examples": ["50GB"]})
_AS_LATENCY = WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,6}\s*(ms|s)\s*$", "examples": ["500ms", "2s"]})

# Limits: CreateProcessingJob MaxRuntimeInSeconds 777,600 (9 days); training 28 days (StoppingCondition); waiting for
# spot capacity 30 days, the longest life of a job; ResourceConfig.KeepAlivePeriodInSeconds 21,600 (6 hours).
Duration = Annotated[int, BeforeValidator(parse_duration), _AS_DURATION]
ProcessingTime = Annotated[Duration, AfterValidator(_limit_duration(9 * DAY, "the time limit of a processing job"))]
TrainingTime = Annotated[Duration, AfterValidator(_limit_duration(28 * DAY, "the time limit of a training job"))]
WaitingTime = Annotated[Duration, AfterValidator(_limit_duration(30 * DAY, "the wait for spot capacity"))]
CapacityWait = Annotated[Duration, AfterValidator(_limit_duration(DAY, "the wait for a free instance of the quota"))]
KeepAliveTime = Annotated[Duration, AfterValidator(_limit_duration(6 * HOUR, "the time that a warm pool is kept"))]
Cache = Annotated[bool | int, BeforeValidator(parse_cache), AfterValidator(_check_cache), _AS_CACHE]
Size = Annotated[int, BeforeValidator(parse_size), AfterValidator(_check_volume), _AS_SIZE]
Latency = Annotated[int, BeforeValidator(parse_latency), AfterValidator(_check_latency), _AS_LATENCY]
