"""Which data the metrics of a run are about: with other test data, no value is better or worse. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config import Config, list_evaluation_sources, list_steps
from pushtrain.record import RunRecord


def list_evaluated_data(config: Config) -> tuple[str, ...]:
    """Return the names of the data entries that the evaluation step reads, itself or through steps before it.

    What only a training step reads is left out: another training does not change the test data. Without an evaluation
    step, all data entries are returned.
    """
    sources = list_evaluation_sources(config)
    names = dict.fromkeys(name for source in sources for name in _walk(config, source.step))
    return tuple(names) if sources else tuple(config.data)


def _walk(config: Config, name: str) -> Iterator[str]:
    steps = {step.name: step for step in list_steps(config)}
    for step_input in steps[name].inputs:
        source = step_input.source
        if not source.step:
            yield source.output
        elif steps[source.step].kind is not TRAINING:
            yield from _walk(config, source.step)


def list_differing_data(records: Sequence[RunRecord | None], configs: Sequence[Config | None]) -> tuple[str, ...]:
    """Return the data entries of the evaluation that are known to differ between runs: ("raw",).

    They differ if their content does, by hash or by the version of the listing; if neither is known, by the address.
    Data inside the pushed folder has another address in each revision, so its address does not count.
    """
    names = dict.fromkeys(name for config in configs if config for name in list_evaluated_data(config))
    return tuple(name for name in names if _differs(name, [record for record in records if record]))


def _differs(name: str, records: Sequence[RunRecord]) -> bool:
    entries = [record.data[name] for record in records if name in record.data]
    for facts in ([entry.sha256 for entry in entries], [entry.version for entry in entries]):
        if all(facts):
            return len(set(facts)) > 1
    addresses = {record.data[name].uri for record in records if name in record.data and not _is_pushed(name, record)}
    return len(addresses) > 1


def _is_pushed(name: str, record: RunRecord) -> bool:
    """Return True if the data entry lies inside the folder that was pushed."""
    return record.data[name].uri.startswith(f"{record.config.uri.rpartition('/')[0]}/")
