"""Which steps a push of a model repo would reuse: the decision of `launch`, before anything is uploaded. Reads S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pushtrain.config import list_steps
from pushtrain.hashes import hash_bytes, hash_files
from pushtrain.launch.champion import freeze_champion
from pushtrain.launch.checkpoints import SETTING as CHECKPOINT
from pushtrain.launch.earlier_results import find_earlier_results
from pushtrain.launch.parent_searches import list_parent_runs
from pushtrain.launch.run_record import describe_steps
from pushtrain.layout import CONFIG, START_FILE
from pushtrain.model_repo.code import select_code_files
from pushtrain.platform import Platform
from pushtrain.pushes.data import VERIFIED_SIZE, list_markers
from pushtrain.pushes.data_listing import MAX_LISTED, Listings
from pushtrain.pushes.data_version import check_version, list_data
from pushtrain.pushes.revision import TEXT_SUFFIXES, SourceArchive, read_start_file
from pushtrain.pushes.stand_ins import describe_stand_ins
from pushtrain.record import EMPTY_RECORD, RecordedConfig, RecordedData, RunRecord

if TYPE_CHECKING:
    from pushtrain.config import Config, Step
    from pushtrain.model_repo.contents import ModelRepo
    from pushtrain.model_repo.manifest import File


def plan_reuse(
    s3: Any, repo: ModelRepo, config: Config, definition: str, platform: Platform, listings: Listings | None = None
) -> RunRecord:
    """Return the part of the run record that a push would have: what its steps work on, and which are reused.

    It is empty if no step has `cache`, saves checkpoints or continues a search: then nobody asks for the keys of the
    steps. `listings` gets the listings of the data, as `record_data` describes.
    """
    if not any(_needs_key(step) for step in list_steps(config)):
        return EMPTY_RECORD
    record = msgspec.structs.replace(
        EMPTY_RECORD,
        model=config.model,
        environment=platform.environment,
        config=_describe_config(repo),
        experiment=platform.experiment,
        data=_describe_data(s3, repo, config, platform, listings),
    )
    record = describe_steps(record, config, _describe_source(repo, config), platform)
    record = freeze_champion(s3, config, record, platform, override=False)
    return find_earlier_results(s3, config, record, platform, definition=definition)


def _needs_key(step: Step) -> bool:
    settings = step.settings
    return bool(settings.is_cached or getattr(settings, CHECKPOINT, None) or list_parent_runs(step))


def _describe_config(repo: ModelRepo) -> RecordedConfig:
    (config,) = (file for file in repo.files if file.path == CONFIG)
    return RecordedConfig(uri="", version="", sha256=config.sha256)


def _describe_source(repo: ModelRepo, config: Config) -> SourceArchive:
    """Return the code as `pack_source` would pack it."""
    files = {file.path: file for file in repo.files}
    names = [name for name in select_code_files(files, config) if name != CONFIG]
    return SourceArchive(
        uri="",
        files={name: files[name].sha256 for name in names} | {START_FILE: hash_bytes(read_start_file())},
        texts={name: repo.open(files[name]).read() for name in names if name.endswith(TEXT_SUFFIXES)},
    )


def _describe_data(
    s3: Any, repo: ModelRepo, config: Config, platform: Platform, listings: Listings | None
) -> dict[str, RecordedData]:
    """Return the data entries as `record_data` would record them."""
    inside = {name: _list_files(repo, source.local or "") for name, source in config.data.items() if not source.s3}
    size = sum(file.size for file in {file for files in inside.values() for file in files.values()})
    uris = {name: source.s3 for name, source in config.data.items() if source.s3}
    stand_ins = {name: config.data[name].local or "" for name in uris} if platform.local_option else {}
    markers = {} if platform.local_option else list_markers(config)
    listed = list_data(s3, {name: uri for name, uri in uris.items() if not stand_ins.get(name)}, markers, listings)
    for name, entry in listed.items():
        check_version(name, entry)
    data = listed | {
        name: describe_stand_ins(s3, repo, uris[name], local, listings) for name, local in stand_ins.items() if local
    }
    for name, files in inside.items():
        content_hash = hash_files((path, file.sha256) for path, file in files.items()) if files else None
        is_hashed = size <= VERIFIED_SIZE
        if listings is not None and is_hashed and content_hash and len(files) <= MAX_LISTED:
            listings[content_hash] = tuple((path, file.size, file.sha256) for path, file in files.items())
        data[name] = RecordedData(
            uri="",
            objects=len(files),
            bytes=sum(file.size for file in files.values()),
            sha256=content_hash if is_hashed else None,
        )
    return data


def _list_files(repo: ModelRepo, local: str) -> dict[str, File]:
    """Return the files of a data entry inside the model repo, by their paths below it."""
    path = local.rstrip("/")
    prefix = path if any(file.path == path for file in repo.files) else f"{path}/"
    return {file.path.removeprefix(prefix): file for file in repo.files if file.path.startswith(prefix)}
