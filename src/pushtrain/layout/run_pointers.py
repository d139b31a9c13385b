"""Keys of empty objects of the artifact bucket that say which runs there are, and of which models. Pure.

The keys are all that they say. Their folders are those of no model, so that one listing has the runs of all models.
"""

import re

RUN_POINTERS_PREFIX = ".runs/"  # a run id follows
STARTS_PREFIX = ".started/"  # a countdown follows
_END_OF_COUNTDOWN = 10**13  # milliseconds since 1970: the year 2286


def build_run_pointer_key(run: str, model: str) -> str:
    """Return the key of the empty object that says which model a run is of: `.runs/3f1c9a-0b42de/churn`.

    One listing with the beginning of a run id has the runs of all models.
    """
    return f"{RUN_POINTERS_PREFIX}{run}/{model}"


def build_start_key(countdown: str, run: str, model: str) -> str:
    """Return the key of the empty object that says when a run started: `.started/8204354800000/3f1c9a-0b42de/churn`.

    A listing has the newest run first. `build_countdown` makes the countdown of a time.
    """
    return f"{STARTS_PREFIX}{countdown}/{run}/{model}"


def build_countdown(started: float) -> str:
    """Return the milliseconds from a time (epoch) to a day in 2286, as text: `8204354800000`. S3 sorts texts."""
    return f"{_END_OF_COUNTDOWN - round(started * 1000):013}"


_RUN_POINTER_KEY = re.compile(build_run_pointer_key("([^/]+)", "([^/.]+)"))
_START_KEY = re.compile(build_start_key(r"(\d{13})", "([^/]+)", "([^/.]+)"))


def parse_run_pointer_key(key: str) -> tuple[str, str] | None:
    """Return model and run of a run's pointer: `.runs/3f1c9a-0b42de/churn`."""
    match = _RUN_POINTER_KEY.fullmatch(key)
    return (match[2], match[1]) if match else None


def parse_start_key(key: str) -> tuple[str, str, float] | None:
    """Return model, run and start (epoch) of a run: `.started/8204354800000/3f1c9a-0b42de/churn`."""
    match = _START_KEY.fullmatch(key)
    return (match[3], match[2], (_END_OF_COUNTDOWN - int(match[1])) / 1000) if match else None
