"""Rules about lists and files: nothing is listed twice, and no script lies in local data. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config


def check_no_repeats(config: Config) -> Iterator[Issue]:
    """No list has the same name twice."""
    lists: dict[KeyPath, tuple[str, ...]] = {
        ("register", "inference", "instances"): config.registration.inference.instances if config.registration else (),
    }
    for name, settings in config.steps.items():
        for key in ("outputs", "inputs", "channels", "after"):
            written = getattr(settings, key) if key in settings.model_fields_set else ()
            if isinstance(written, tuple):
                lists[(*build_step_path(name), key)] = written
        lists[(*build_step_path(name), "instance")] = settings.instance_types
    for path, names in lists.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Issue(path=(*path, index), message=f"{quote(name)} is given twice")


def check_scripts_are_packed(config: Config) -> Iterator[Issue]:
    """No script and no requirements.txt lies in local data, because local data is not packed with the code."""
    for name, source in config.data.items():
        local = (source.local or "").rstrip("/")
        if local == "requirements.txt":
            message = f"{quote(local)} belongs to the code, and data is not packed with the code. Name another file"
            yield Issue(path=("data", name), message=message)
        for step_name, step in config.steps.items():
            if local and f"{step.script}/".startswith(f"{local}/"):
                reason = f"is also data.{name}" if step.script == local else f"lies in data.{name} ({local}/)"
                message = f"{quote(step.script)} {reason}, and data is not packed with the code. Move the script"
                yield Issue(path=(*build_step_path(step_name), "script"), message=message)
