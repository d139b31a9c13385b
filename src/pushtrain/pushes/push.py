"""Check model repos and upload them: what `pushtrain push` does, as functions.

In: folders of model repos, and the platform to push to. Out: uploads, each of which starts a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from pushtrain.config import Config
from pushtrain.errors import ConfigError, Problem, PushError, UsageError
from pushtrain.model_repo.check import CheckedModelRepo, check_model_repo
from pushtrain.model_repo.contents import ModelRepo, read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.fresh import check_fresh
from pushtrain.pushes.upload import Progress, Upload, upload


class PreparedPush(Struct, frozen=True, kw_only=True):
    """A model repo that is valid and ready to be uploaded, and the definition (ASL document) that it becomes.

    `warnings`: what is allowed, but probably not meant.
    """

    config: Config
    repo: ModelRepo
    definition: Mapping[str, Any]
    warnings: tuple[Problem, ...]

    @property
    def model(self) -> str:
        """The name of the model."""
        return self.config.model


def push(
    folder: str | Path,
    platform: Platform,
    *,
    repeat: bool = False,
    fresh: Iterable[str] = (),
    without_champion: bool = False,
    progress: Progress = lambda _: None,
) -> Upload:
    """Check a model repo and upload it to AWS, which starts a run: `upload.push.run` is its id.

    A revision that was pushed before is not uploaded, unless `repeat=True`: that starts a new run of it, even if this
    only repeats an earlier one. `fresh` are steps that run although an earlier result could be reused, `*` all of them;
    they start a new run too, and so does `without_champion`, which does not compare with the model in service.
    `progress` is called with each uploaded file. Raises ConfigError with every problem,
    PushError if the folder is not a model repo or the bucket refuses, UsageError if `platform` is this computer:
    `pushtrain.run` runs a model repo there.
    """
    if platform.local_option:
        raise UsageError("a push goes to AWS, and this platform is this computer. Use pushtrain.run(folder) instead")
    (prepared,) = prepare_pushes([Path(folder)], platform)
    check_fresh(fresh, prepared.config)
    return upload(
        prepared.repo,
        prepared.model,
        platform,
        repeat=repeat or without_champion or bool(tuple(fresh)),
        fresh=fresh,
        allow_same=repeat,
        without_champion=without_champion,
        progress=progress,
    )


def prepare_pushes(
    folders: Iterable[Path], platform: Platform, *, environment_requested: bool = False
) -> list[PreparedPush]:
    """Check every model repo, so that nothing is uploaded unless all are valid.

    Raises ConfigError with the problems of all model repos, PushError if two folders hold the same model.
    """
    prepared = [
        PreparedPush(
            config=checked.loaded.config,
            repo=read_model_repo(folder),
            definition=checked.definition,
            warnings=checked.loaded.warnings,
        )
        for folder, checked in _check_all(folders, platform, environment_requested=environment_requested)
    ]
    for model, count in Counter(ready.model for ready in prepared).items():
        if count > 1:
            raise PushError(f"{count} of these folders are model {model!r}: a model has one model repo")
    return prepared


def _check_all(
    folders: Iterable[Path], platform: Platform, *, environment_requested: bool
) -> list[tuple[Path, CheckedModelRepo]]:
    checked: list[tuple[Path, CheckedModelRepo]] = []
    problems: list[Problem] = []
    for folder in folders:
        try:
            repo = check_model_repo(
                folder, platform.config_environment, platform, environment_requested=environment_requested
            )
        except ConfigError as error:
            problems += error.problems
        else:
            checked.append((folder, repo))
    if problems:
        raise ConfigError(problems)
    return checked
