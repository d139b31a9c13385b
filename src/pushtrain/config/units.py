"""Human durations and sizes ("2h", "50GB") to whole seconds and gigabytes. Pure."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9})\s*([smhd])")
_SIZE = re.compile(r"(\d{1,6})\s*(GB|TB)", re.IGNORECASE)


def parse_duration(value: object) -> int:
    """Seconds in "90s", "30m", "2h", "1h 30m" or "3d". Raises ValueError saying the accepted forms."""
    text = value.strip() if isinstance(value, str) else ""
    parts = list(_DURATION.finditer(text))
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"{value!r} is not a duration. Write 90s, 30m, 2h, 1h 30m or 3d")
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)


def parse_size(value: object) -> int:
    """Gigabytes in "50GB" or "1TB". Raises ValueError saying the accepted forms."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{value!r} is not a size. Write 50GB or 1TB")
    return int(match[1]) * (1024 if match[2].upper() == "TB" else 1)




Duration = Annotated[int, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
