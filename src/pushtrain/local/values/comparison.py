"""Compare the values of two models on this computer: read each in its own environment, then compare what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pushtrain.errors import LocalError
from pushtrain.local.values.environment import ModelEnvironment
from pushtrain.local.values.extract import extract_values
from pushtrain.reproduction.compare import CompareValues
from pushtrain.reproduction.ladder import MemberValues
from pushtrain.reproduction.values import compare_values


def build_comparison(
    s3: Any, environments: tuple[ModelEnvironment, ModelEnvironment], on_line: Callable[[str], None]
) -> CompareValues:
    """Return the function that compares the values of two models, which were trained in these environments.

    What it returns says for each file why it was not compared, if it was not. `on_line` gets what is reported while a
    Python environment is created.
    """

    def compare(first: Path, second: Path, members: Sequence[str]) -> Sequence[MemberValues]:
        try:
            one, other = (
                extract_values(archive, environment, members, archive.with_suffix(".values"), s3=s3, on_line=on_line)
                for archive, environment in zip((first, second), environments, strict=True)
            )
            return compare_values(one, other, members)
        except (LocalError, OSError, ValueError) as error:
            return [MemberValues(member=name, is_same=None, reason=str(error)) for name in members]

    return compare
