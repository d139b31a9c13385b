"""Explain why a step of a run was reused or ran. Pure.

In: the record of a run, and that of the earlier run with which it was compared. Both were written once, so the answer
is the same at any time. Out: one text for each difference that decides a step's result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from pushtrain.config.dataflow import DATA
from pushtrain.record import ImageDigest, RecordedData, RecordedStep, RunRecord, describe_digest
from pushtrain.reuse.data_changes import DataChanges

FIRST_RUN = "first run"
MAX_VALUE = 60  # characters of a setting
MAX_CONTEXT = 10  # characters before a difference that long settings keep
MAX_FILES = 5
_MISSING = object()
FindChanges = Callable[[RecordedData, RecordedData], DataChanges | None]  # of earlier and current data; None: unknown


def find_no_changes(_before: RecordedData, _now: RecordedData) -> None:
    """Return None: nobody knows which objects changed."""


def list_differences(
    record: RunRecord, earlier: RunRecord, step: str, find_changes: FindChanges = find_no_changes
) -> list[str]:
    """Return what decides the result of a step and differs from an earlier run, in the words of config.yaml.

    Examples are `train.hyperparameters.epochs 20 → 30`, `model/net.py changed` and `data.raw changed: 5 objects added`,
    which is `data.raw: 120 → 125 objects` if `find_changes` does not know the objects.
    """
    now, before = record.steps.get(step, RecordedStep()), earlier.steps.get(step, RecordedStep())
    return [
        *_compare_values("template", earlier.template, record.template),
        *_compare_settings(step, earlier.parameters.get(step, {}), record.parameters.get(step, {})),
        *_compare_files(_list_files(earlier, before), _list_files(record, now)),
        *_compare_values("image", earlier.images.get(step), record.images.get(step)),
        *_compare_digests(earlier, record, step),
        *_compare_values("runs on", earlier.runtime or "AWS", record.runtime or "AWS"),
        *_compare_inputs(record, earlier, step, find_changes),
    ] or [f"{part} changed" for part in now.parts if now.parts[part] != before.parts.get(part)]


def sort_steps(record: RunRecord) -> list[str]:
    """Return the steps of a record, each after those it reads from, otherwise by name."""
    sources = {
        name: {source.partition(".")[0] for source in step.inputs.values()} & record.steps.keys()
        for name, step in record.steps.items()
    }
    ordered: list[str] = []
    while ready := sorted(name for name in sources if name not in ordered and sources[name] <= {*ordered}):
        ordered += ready
    return ordered


def explain_step(
    record: RunRecord, step: str, earlier: RunRecord | None, find_changes: FindChanges = find_no_changes
) -> str:
    """Return why a step with `cache` runs; empty if it is reused.

    `earlier` is the record of the run that the step was compared with; None if it is gone or there is none.
    """
    reuse = record.reuse[step]
    if reuse.job:
        return ""
    if reuse.hindrance:
        return reuse.hindrance
    if not reuse.run:
        return FIRST_RUN
    differences = list_differences(record, earlier, step, find_changes) if earlier else []
    return "; ".join(differences) or f"something differs from run {reuse.run}, whose record is gone"


def _list_files(record: RunRecord, step: RecordedStep) -> dict[str, str]:
    return {path: content_hash for path, content_hash in record.files.items() if path not in step.unread}


def _compare_settings(name: str, before: Any, now: Any) -> Iterator[str]:
    """Yield each setting that differs, with its path: mappings are compared key by key."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*now, *before)):
            yield from _compare_settings(f"{name}.{key}", before.get(key, _MISSING), now.get(key, _MISSING))
    elif now is _MISSING:
        yield f"{name} removed ({_format_value(before)})"
    elif before is _MISSING:
        yield f"{name} added ({_format_value(now)})"
    else:
        yield from _compare_values(name, before, now)


def _compare_values(name: str, before: object, now: object) -> Iterator[str]:
    if before != now:
        yield f"{name} {' → '.join(_format_pair(_write_value(before), _write_value(now)))}"


def _compare_digests(earlier: RunRecord, record: RunRecord, step: str) -> Iterator[str]:
    """Yield what the image's tag named then and now, if the tag is the same and was moved, or if one is not known."""
    before, now = earlier.find_digest(step), record.find_digest(step)
    if earlier.images.get(step) == record.images.get(step) and _read_digest(before) != _read_digest(now):
        yield f"image digest {describe_digest(before)} → {describe_digest(now)}"


def _read_digest(digest: ImageDigest | None) -> str | None:
    return digest.digest if digest else None


def _compare_files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    changes = {
        "changed": [path for path in now if path in before and now[path] != before[path]],
        "added": [path for path in now if path not in before],
        "removed": [path for path in before if path not in now],
    }
    for verb, paths in changes.items():
        shown = sorted(paths)[:MAX_FILES]
        more = f" and {len(paths) - len(shown)} more files" if len(paths) > len(shown) else ""
        if paths:
            yield f"{', '.join(shown)}{more} {verb}"


def _compare_inputs(record: RunRecord, earlier: RunRecord, step: str, find_changes: FindChanges) -> Iterator[str]:
    """Yield what differs in the sources of a step: other sources, other data, or a step that gives another result."""
    now, before = record.steps[step].inputs, earlier.steps.get(step, RecordedStep()).inputs
    yield from _compare_settings(f"{step}.inputs", before, now)
    sources = [source.partition(".") for source in dict.fromkeys(now.values())]
    for name in (output for first, _, output in sources if first == DATA):
        yield from _compare_data(name, earlier.data.get(name), record.data.get(name), find_changes)
    steps = dict.fromkeys(first for first, *_ in sources if first != DATA)
    if changed := [first for first in steps if record.step_keys.get(first) != earlier.step_keys.get(first)]:
        yield f"its input changed: {', '.join(changed)}"


def _compare_data(
    name: str, before: RecordedData | None, now: RecordedData | None, find_changes: FindChanges
) -> Iterator[str]:
    if before is None or now is None or before.identity == now.identity:
        return
    if changes := find_changes(before, now):
        yield f"{DATA}.{name} changed: {changes}"
    elif before.objects != now.objects:
        yield f"{DATA}.{name}: {before.objects} → {now.objects} objects"
    elif before.bytes != now.bytes:
        yield f"{DATA}.{name}: {before.bytes} → {now.bytes} bytes"
    else:
        yield f"{DATA}.{name}: other content"


def _format_value(value: object) -> str:
    """Return a value of config.yaml on one line, at most MAX_VALUE characters long."""
    return _shorten(_write_value(value))


def _format_pair(before: str, now: str) -> tuple[str, str]:
    """Return two different values, each at most MAX_VALUE characters long, so that the difference can be seen.

    Long values lose what both begin with, such as the registry of an image: `…/scikit-learn:1.2-1`.
    """
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    if max(len(before), len(now)) <= MAX_VALUE or not start:
        return _shorten(before), _shorten(now)
    last_word = before.rfind("/", 0, start)
    cut = last_word if start - last_word < MAX_VALUE // 2 else max(0, start - MAX_CONTEXT)
    mark = "…" if cut > 0 else ""
    return _shorten(mark + before[max(0, cut) :]), _shorten(mark + now[max(0, cut) :])


def _write_value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"
