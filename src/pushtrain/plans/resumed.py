"""Model repo -> the steps that a push would continue from checkpoints of an earlier run. Reads S3, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pushtrain.config import Config, list_steps
from pushtrain.hashes import hash_bytes, hash_files
from pushtrain.launch.checkpoints import SETTING, find_checkpoints, list_checkpoint_steps
from pushtrain.launch.run_record import find_known_image
from pushtrain.layout import CONFIG, START_FILE
from pushtrain.model_repo.code import select_code_files
from pushtrain.platform import Platform
from pushtrain.pushes.data_version import list_data
from pushtrain.pushes.revision import read_start_file
from pushtrain.record import EMPTY_RECORD
from pushtrain.reuse import StepContent, build_step_keys, select_settings

if TYPE_CHECKING:
    from pushtrain.model_repo.contents import ModelRepo


def find_resumed_steps(s3: Any, repo: ModelRepo, config: Config, platform: Platform) -> dict[str, str]:
    """Return, for each step that a push would continue, the run in whose folder its checkpoints lie.

    A push decides it anew: another one may be faster. Raises AWS's errors unchanged.
    """
    steps = list_steps(config)
    parameters = {step.name: select_settings(step) for step in steps}
    if not any(settings.get(SETTING) for settings in parameters.values()):
        return {}
    content = StepContent(
        template=config.template,
        files=_hash_code(repo, config),
        data=_hash_data(s3, repo, config),
        images={step.name: find_known_image(step, platform) for step in steps},
    )
    keys = build_step_keys(steps, content)
    record = replace(
        EMPTY_RECORD, model=config.model, environment=platform.environment, parameters=parameters, step_keys=keys
    )
    documents = {step: find_checkpoints(s3, record, step, platform)[0] for step in list_checkpoint_steps(record)}
    return {step: document.checkpoints for step, document in documents.items() if document and document.checkpoints}


def _hash_code(repo: ModelRepo, config: Config) -> dict[str, str]:
    """Return the hashes of the files that the code archive of a push has, without config.yaml."""
    hashes = {file.path: file.sha256 for file in repo.files}
    names = select_code_files({file.path: file.size for file in repo.files}, config)
    return {name: hashes[name] for name in names if name != CONFIG} | {START_FILE: hash_bytes(read_start_file())}


def _hash_data(s3: Any, repo: ModelRepo, config: Config) -> Mapping[str, str | None]:
    """Return the hash of each data entry; None if it is not known."""
    outside = list_data(s3, {name: source.s3 for name, source in config.data.items() if source.s3})
    hashes: dict[str, str | None] = {name: entry.version for name, entry in outside.items()}
    paths = {file.path: file.sha256 for file in repo.files}
    for name, source in config.data.items():
        if not source.s3:
            path = (source.local or "").rstrip("/")
            prefix = path if path in paths else f"{path}/"
            inside = {file: content for file, content in paths.items() if file.startswith(prefix)}
            hashes[name] = hash_files((file.removeprefix(prefix), content) for file, content in inside.items())
    return hashes
