"""Human durations and sizes ("2h", "50GB") to whole seconds and gigabytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from pushtrain.config.issue import quote

HOUR = 3600
DAY = 24 * HOUR
LARGEST_VOLUME = 16_384

_SECONDS = {"s": 1, "m": 60, "h": HOUR, "d": DAY}
_DURATION = re.compile(r"(\d{1,9})\s*([smhd])", re.ASCII)
_SIZE = re.compile(r"(\d{1,6})\s*(GB|TB)", re.ASCII | re.IGNORECASE)


def parse_duration(value: object) -> int:
    """Seconds in "90s", "30m", "2h", "1h 30m" or "3d". Raises ValueError saying the accepted forms."""
    text = value.strip() if isinstance(value, str) else ""
    parts = list(_DURATION.finditer(text))
    if not parts or _DURATION.sub("", text).strip() or len(parts) > len(_SECONDS):
        raise ValueError(f"{_shown(value)} is not a duration. Write 90s, 30m, 2h, 1h 30m or 3d")
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)


def parse_size(value: object) -> int:
    """Gigabytes in "50GB" or "1TB". Raises ValueError saying the accepted forms."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{_shown(value)} is not a size. Write 50GB or 1TB")
    return int(match[1]) * (1024 if match[2].upper() == "TB" else 1)


def format_duration(seconds: int) -> str:
    """The shortest human form of `seconds`: 5400 is "1h 30m"."""
    parts = []
    for unit, length in reversed(_SECONDS.items()):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return quote(value)
    return str(value) if isinstance(value, int | float) else "this"


def _up_to(limit: int, whose: str) -> Callable[[int], int]:
    def check(seconds: int) -> int:
        if not 1 <= seconds <= limit:
            raise ValueError(
                f"{format_duration(seconds)} is out of range: {whose} takes 1s to {format_duration(limit)}"
            )
        return seconds

    return check


def _volume(gigabytes: int) -> int:
    if not 1 <= gigabytes <= LARGEST_VOLUME:
        raise ValueError(f"{gigabytes}GB is out of range: a volume has 1GB to 16TB")
    return gigabytes


_AS_DURATION = WithJsonSchema(
    {"type": "string", "pattern": r"^\s*(\d{1,9}\s*[smhd]\s*){1,4}$", "examples": ["30m", "2h"]}
)
_AS_SIZE = WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,6}\s*([gG][bB]|[tT][bB])\s*$", "examples": ["50GB"]})

# Limits: CreateProcessingJob MaxRuntimeInSeconds 777,600; training 28 days (StoppingCondition); a spot job may
# wait as long as a job lives, 30 days; ResourceConfig.KeepAlivePeriodInSeconds 21,600.
Duration = Annotated[int, BeforeValidator(parse_duration), _AS_DURATION]
ProcessingTime = Annotated[Duration, AfterValidator(_up_to(9 * DAY, "a processing job"))]
TrainingTime = Annotated[Duration, AfterValidator(_up_to(28 * DAY, "a training job"))]
WaitingTime = Annotated[Duration, AfterValidator(_up_to(30 * DAY, "waiting for spot capacity"))]
KeepAliveTime = Annotated[Duration, AfterValidator(_up_to(6 * HOUR, "a warm pool"))]
Size = Annotated[int, BeforeValidator(parse_size), AfterValidator(_volume), _AS_SIZE]
