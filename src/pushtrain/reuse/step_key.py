"""The step key: a hash of everything that decides a step's result. Pure.

In: the steps of a config, and what they work on. Out: for each step its parts, each a hash, and one key of all parts.
Two steps with the same key compute the same, as far as their scripts are deterministic. The parts say what differs
between two keys. A setting counts unless it is listed in IGNORED_SETTINGS, so a setting that is added later can at
worst make a step run again.

A key is None if the content of some data is not known, or the image. The steps that read from such a step have no key
either. None equals nothing, also not another None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from pushtrain.config import (
    Config,
    Source,
    Step,
    find_candidate_evaluation,
    find_candidate_model,
    list_variants,
)
from pushtrain.hashes import fingerprint, hash_files

IGNORED_SETTINGS = frozenset(
    {
        # where and how long the job runs
        "instance_types",
        "volume",
        "max_runtime",
        "max_wait",
        "spot",
        "keep_alive",
        "retries",
        "wait_for_capacity",
        # in the key by other means: the image's URI, the files, and the inputs and outputs of the Step
        "framework",
        "image",
        "reads",
        "channels",
        "inputs",
        "outputs",
        # an order without data
        "after",
        # whether the key is used
        "cache",
    }
)


class StepContent(Struct, frozen=True, kw_only=True):
    """What the steps of one push work on.

    `files` maps the name of a step to the files that its script can read: their paths and SHA-256, without config.yaml,
    whose settings count step by step. `data` maps the name of a data entry to the hash of its content, `images` the
    name of a step to its image; None if it is not known. `template` is the workflow template that turns the steps into
    jobs. `digests` maps images to the digests that are known, so that a tag that was moved is another image. `runtime`
    is what runs the images if it is not AWS, such as this computer's Python; empty for AWS.
    """

    template: str
    files: Mapping[str, Mapping[str, str]]
    data: Mapping[str, str | None]
    images: Mapping[str, str | None]
    digests: Mapping[str, str] = field(default_factory=dict)
    runtime: str = ""


class StepKey(Struct, frozen=True, kw_only=True):
    """The key of a step, 64 hex digits, and the hash of each of its parts; None and no parts if it is not known."""

    key: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)


def build_step_keys(steps: Iterable[Step], content: StepContent) -> dict[str, StepKey]:
    """Return the key of each step by its name. `steps` has each step after those it reads from."""
    keys: dict[str, StepKey] = {}
    for step in steps:
        image = content.images[step.name]
        inputs = [(entry.name, entry.path, _identify_source(entry.source, content.data, keys)) for entry in step.inputs]
        if image is None or any(source is None for *_, source in inputs):
            keys[step.name] = StepKey()
            continue
        outputs = [(output.name, output.path) for output in step.outputs]
        parts = {
            "template": fingerprint(content.template),
            "files": hash_files(content.files[step.name].items()),
            "image": fingerprint(image, content.runtime, *filter(None, [content.digests.get(image)])),
            "settings": fingerprint(_serialize((step.kind.name, select_settings(step)))),
            "inputs": fingerprint(_serialize(inputs)),
            "outputs": fingerprint(_serialize(outputs)),
        }
        keys[step.name] = StepKey(key=fingerprint(*parts.values()), parts=parts)
    return keys


def build_version_key(config: Config, keys: Mapping[str, StepKey]) -> str | None:
    """Return one key for the model version that a run registers: for all that its model and its evaluation depend on.

    With candidates, it depends on all of them, and on how the best one is chosen. `keys` are the keys of the steps.
    None if one of them is not known, or if no step trains a model.
    """
    models = [find_candidate_model(variant) for variant in list_variants(config)]
    evaluations = [find_candidate_evaluation(variant) for variant in list_variants(config)]
    if None in models:
        return None
    sources = [_identify_source(source, {}, keys) for source in (*models, *evaluations) if source]
    choose = [config.choose.model_dump(mode="json")] if config.choose else []
    return None if None in sources else fingerprint(*(_serialize(part) for part in (*sources, *choose)))


def select_settings(step: Step) -> dict[str, Any]:
    """Return the settings of a step that can change its result, as JSON values."""
    settings = step.settings.model_dump(mode="json", exclude=set(IGNORED_SETTINGS))
    code = step.inference_code
    if code:
        settings["inference_code"] = code if isinstance(code, str) else list(code)
    if step.inference is not None:
        served = step.inference.model_dump(mode="json", include={"content_types", "response_types"})
        settings["inference"] = {"environment": step.inference.variables, **served}
    return settings


def _identify_source(
    source: Source, data: Mapping[str, str | None], keys: Mapping[str, StepKey]
) -> tuple[str, str] | None:
    """Return what a source holds: the key and output of the step that writes it, or the hash of a data entry's content.

    None if that is not known.
    """
    key = keys[source.step].key if source.step else data[source.output]
    return None if key is None else (key, source.output if source.step else "")


def _serialize(part: object) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False)
