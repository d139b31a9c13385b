"""Compare the inputs of two run records, one by one. Pure.

In: the record of a run, and one of the same inputs as they are now, or of another run. Out: a ComparedInput for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from pushtrain.layout import CONFIG, START_FILE
from pushtrain.record import ImageDigest, RecordedData, RunRecord, describe_digest

InputState = Literal["same", "changed", "gone", "unknown"]
MAX_NAMES = 4  # files or settings that a detail names
NOT_LISTED = "S3 does not list it: there is no such bucket, or no access"


class ComparedInput(Struct, frozen=True, kw_only=True):
    """One input: its name such as `data.raw`, what was recorded, and its state. `detail` says what differs.

    `is_required` is false for what a result seldom depends on: another version of pushtrain, another computer.
    """

    name: str
    recorded: str
    state: InputState
    detail: str = ""
    is_required: bool = True

    @property
    def hinders(self) -> bool:
        """True if a reproduction would not work on the same inputs."""
        return self.is_required and self.state in {"changed", "gone"}


def compare_records(recorded: RunRecord, current: RunRecord) -> tuple[ComparedInput, ...]:
    """Return each input of a run with its state in another record."""
    return (
        _compare_code(recorded, current),
        _compare_texts(CONFIG, recorded.config.sha256, current.config.sha256, shown=12),
        *(compare_data(name, entry, current.data.get(name)) for name, entry in recorded.data.items()),
        *(_compare_image(step, image, recorded, current) for step, image in recorded.images.items()),
        *(_compare_parameters(step, values, current) for step, values in recorded.parameters.items()),
        *_compare_checkpoints(recorded),
        _compare_texts("environment", recorded.environment, current.environment),
        *_compare_surroundings(recorded, current),
    )


def compare_data(name: str, recorded: RecordedData, current: RecordedData | None) -> ComparedInput:
    """Compare a data entry by the version of its listing, else by the hash of its content."""
    text = f"{recorded.objects} objects, {recorded.bytes} bytes" if recorded.objects is not None else recorded.uri
    state, detail = _judge_data(recorded, current)
    return ComparedInput(name=f"data.{name}", recorded=text, state=state, detail=detail)


def _judge_data(recorded: RecordedData, current: RecordedData | None) -> tuple[InputState, str]:
    if current is None or (current.version is None and recorded.version):
        return "gone", NOT_LISTED
    if recorded.version is None:
        return "unknown", "its version was not recorded"
    if recorded.version == current.version or (recorded.sha256 and recorded.sha256 == current.sha256):
        return "same", ""
    if current.objects == 0:
        return "gone", f"nothing is left of {recorded.objects} objects at {recorded.uri}"
    now = f"{current.objects} objects, {current.bytes} bytes" if current.objects is not None else "another marker"
    return "changed", f"now {now} at {recorded.uri}"


def _compare_code(recorded: RunRecord, current: RunRecord) -> ComparedInput:
    files = {path: sha256 for path, sha256 in recorded.files.items() if path != START_FILE}
    others = {path: sha256 for path, sha256 in current.files.items() if path != START_FILE}
    missing, new = sorted(files.keys() - others.keys()), sorted(others.keys() - files.keys())
    changed = sorted(path for path in files.keys() & others.keys() if files[path] != others[path])
    texts = (("gone", missing), ("changed", changed), ("added", new))
    detail = "; ".join(f"{word}: {_list_names(paths)}" for word, paths in texts if paths)
    state: InputState = "gone" if missing else "changed" if detail else "same"
    return ComparedInput(
        name="code", recorded=f"{len(files)} files, revision {recorded.revision[:12]}", state=state, detail=detail
    )


def _compare_image(step: str, image: str | None, recorded: RunRecord, current: RunRecord) -> ComparedInput:
    name, other = f"image {step}", current.images.get(step)
    if image is None or other is None:
        return ComparedInput(name=name, recorded=image or "", state="unknown", detail="a template chooses it")
    if image != other:
        return _compare_texts(name, image, other)
    state, detail = _judge_digest(recorded.find_digest(step), current.find_digest(step))
    return ComparedInput(name=name, recorded=image, state=state, detail=detail)


def _judge_digest(recorded: ImageDigest | None, current: ImageDigest | None) -> tuple[InputState, str]:
    """Return the state of an image whose URI is the same. On this computer nobody asks for digests."""
    if current is not None and current.is_gone:
        return "gone", f"ECR has it no more: {current.reason}"
    if recorded is None and current is None:
        return "same", ""
    if recorded is None or current is None or not recorded.digest or not current.digest:
        return "unknown", f"digest {describe_digest(recorded)}, now {describe_digest(current)}"
    is_same = recorded.digest == current.digest
    return ("same", "") if is_same else ("changed", f"the tag was moved: digest {recorded}, now {current}")


def _compare_parameters(step: str, values: Mapping[str, Any], current: RunRecord) -> ComparedInput:
    others = current.parameters.get(step, {})
    pairs = {key: (values.get(key), others.get(key)) for key in dict.fromkeys((*values, *others))}
    differing = [f"{key} {_dump(old)} → {_dump(new)}" for key, (old, new) in pairs.items() if _dump(old) != _dump(new)]
    parameters = values.get("hyperparameters") or values.get("arguments") or {}
    text = ", ".join(f"{key}={_dump(value)}" for key, value in parameters.items()) if _is_mapping(parameters) else ""
    return ComparedInput(
        name=f"parameters {step}",
        recorded=text or f"{len(values)} settings",
        state="changed" if differing else "same",
        detail=_list_names(differing),
    )


def _compare_checkpoints(recorded: RunRecord) -> Iterator[ComparedInput]:
    for step, run in recorded.resumed_from.items():
        yield ComparedInput(
            name=f"checkpoints {step}",
            recorded=f"of run {run}",
            state="changed",
            detail="a reproduction begins without checkpoints",
        )


def _compare_surroundings(recorded: RunRecord, current: RunRecord) -> Iterator[ComparedInput]:
    yield _compare_texts("pushtrain", recorded.pushtrain_version, current.pushtrain_version, is_required=False)
    if recorded.runtime or current.runtime:
        yield _compare_texts("computer", recorded.runtime, current.runtime, is_required=False)


def _compare_texts(
    name: str, recorded: str, current: str, *, shown: int | None = None, is_required: bool = True
) -> ComparedInput:
    is_same = recorded == current
    return ComparedInput(
        name=name,
        recorded=recorded[:shown] or "none",
        state="same" if is_same else "changed",
        detail="" if is_same else f"now {current[:shown] or 'none'}",
        is_required=is_required,
    )


def _list_names(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)
