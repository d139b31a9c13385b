"""The step key: a hash of everything that decides a step's result. Pure.

In: the steps of a config, and what they work on. Out: one key for each step, 64 hex digits. Two steps with the same key
compute the same, as far as their scripts are deterministic. A setting counts unless it is listed in IGNORED_SETTINGS,
so a setting that is added later can at worst make a step run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pushtrain.config import Source, Step
from pushtrain.hashes import fingerprint, hash_files

IGNORED_SETTINGS = frozenset(
    {
        # where and how long the job runs
        "instance",
        "volume",
        "max_runtime",
        "max_wait",
        "spot",
        "keep_alive",
        "retries",
        "wait_for_capacity",
        # in the key by other means: the image's URI, and the inputs and outputs of the Step
        "framework",
        "image",
        "channels",
        "inputs",
        "outputs",
        # an order without data
        "after",
    }
)


@dataclass(frozen=True, kw_only=True)
class StepContent:
    """What the steps of one push work on.

    `files` are the paths of the code that scripts can read, with their SHA-256. `data` maps the name of a data entry to
    its version, or to its address if the version is not known. `images` maps the name of a step to its image.
    """

    files: Mapping[str, str]
    data: Mapping[str, str]
    images: Mapping[str, str]


def build_step_keys(steps: Iterable[Step], content: StepContent) -> dict[str, str]:
    """Return the key of each step by its name. `steps` has each step after those it reads from."""
    code = hash_files(content.files.items())
    keys: dict[str, str] = {}
    for step in steps:
        inputs = [
            [entry.name, entry.path, *_identify_source(entry.source, content.data, keys)] for entry in step.inputs
        ]
        outputs = [[output.name, output.path] for output in step.outputs]
        parts = (step.kind.name, select_settings(step), inputs, outputs)
        keys[step.name] = fingerprint(code, content.images[step.name], *(_serialize(part) for part in parts))
    return keys


def select_settings(step: Step) -> dict[str, Any]:
    """Return the settings of a step that can change its result, as JSON values."""
    return step.settings.model_dump(mode="json", exclude=set(IGNORED_SETTINGS))


def _identify_source(source: Source, data: Mapping[str, str], keys: Mapping[str, str]) -> tuple[str, str]:
    """Return what a source holds: the key and output of the step that writes it, or the version of a data entry."""
    return (keys[source.step], source.output) if source.step else ("", data[source.output])


def _serialize(part: object) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False)
