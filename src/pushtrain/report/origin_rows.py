"""The rows of a report about what a run came from: versions of data, packages, and what made the definition. Pure.

In: Facts. Out: pairs of a label and a text. Without the records of the run there are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pushtrain.record import RecordedData
from pushtrain.report.facts import Facts

VERSION_LENGTH = 12  # digits of a data version that are shown; `data where-used` accepts them


def list_origin_rows(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a row for each data entry whose version is known, and for each step whose packages are known."""
    origin = facts.origin
    if origin is None:
        return
    for name, entry in origin.data.items():
        yield f"data.{name}", _describe_data(entry, facts.same_data.get(name, ()), t)
    yield t["template"], origin.template
    yield t["made_by"], f"pushtrain {origin.pushtrain_version}" if origin.pushtrain_version else ""
    for step in origin.steps:
        if step.packages is not None:
            count = t["packages_installed"].format(len(step.packages))
            yield t["packages"].format(step.name), " · ".join(filter(None, (step.framework, count)))


def _describe_data(entry: RecordedData, versions: tuple[int, ...], t: Mapping[str, str]) -> str:
    """Return the version of a data entry and the other model versions that used it; empty if it is not known."""
    if entry.version is None:
        return ""
    facts = t["data_version"].format(entry.version[:VERSION_LENGTH], entry.objects, f"{entry.bytes or 0:,}")
    users = t["same_data"].format(", ".join(map(str, versions))) if versions else ""
    return " · ".join(filter(None, (facts, users)))
