"""Rules about hyperparameters that look like ranges to search, outside of `tune`. They give warnings. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue, format_key_path
from pushtrain.config.model import Config, Train
from pushtrain.config.values.mappings import format_argument

_BOUNDS = {"min", "max", "low", "high", "from", "to", "start", "stop", "lower", "upper", "minvalue", "maxvalue"}
_PAIR = 2


def warn_ranges(config: Config) -> Iterator[Issue]:
    """A range reaches the script as one text, so it trains once, with a value that it may not understand."""
    for step, settings in config.steps.items():
        if not isinstance(settings, Train):
            continue
        for name, value in settings.hyperparameters.items():
            if is_range(value) and settings.has_script:
                message = (
                    f"looks like a range, but here it is one value: {settings.script} gets the text "
                    f"{format_argument(value)!r}. To search it, write it in `{format_key_path(build_step_path(step))}"
                    f".tune.ranges`: {name}: {_write_range(value)}"
                )
                yield Issue(path=(*build_step_path(step), "hyperparameters", name), message=message)


def _write_range(value: Any) -> str:
    """Return the range as `tune.ranges` writes it."""
    bounds = (
        value if isinstance(value, list) else [entry for key, entry in value.items() if str(key).lower() in _BOUNDS]
    )
    return f"{{min: {bounds[0]}, max: {bounds[1]}}}"


def is_range(value: Any) -> bool:
    """Return True for two rising numbers of which one is a fraction, such as [0.01, 0.1], and for {min: 1, max: 3}."""
    if isinstance(value, dict):
        return sum(str(key).lower() in _BOUNDS for key in value) >= _PAIR
    if not isinstance(value, list) or len(value) != _PAIR:
        return False
    is_numeric = all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in value)
    return is_numeric and value[0] < value[1] and any(isinstance(bound, float) for bound in value)
