"""Run a model repo on this computer: what `pushtrain run` does, as a function.

In: the folder of a model repo and the store folder. Out: the Run, once it has ended. Embedded AWS takes the push, calls
the same Lambda handler and runs the same state machine as AWS would; the scripts really run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pushtrain.config import Config
from pushtrain.errors import ConfigError
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.container.algorithms import check_algorithms
from pushtrain.local.data import upload_stand_ins
from pushtrain.local.events import Event
from pushtrain.local.platform import default_store, describe_runtime, local_platform
from pushtrain.local.storage.launch_lock import hold_launch_lock
from pushtrain.local.triggers import ON_PUSH, ON_RUN_END
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import ModelRepo, read_model_repo
from pushtrain.model_repo.manifest import File
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.fresh import check_fresh
from pushtrain.pushes.reproduction import push_reproduction
from pushtrain.pushes.upload import upload
from pushtrain.record import RunRecord
from pushtrain.registry import EarlierVersion, find_earlier_version, find_version
from pushtrain.runs import Redrive, Run, read_run, redrive_run
from pushtrain.runs.follow import find_refusal, find_same_run


class LocalRun(Struct, frozen=True, kw_only=True):
    """A run on this computer that has ended. `is_new` is false if an earlier run did the same, so that none started.

    `same_as`: an earlier model version that was built from the same code, data and parameters; None if there is none.
    `end_errors`: why the run's result or report could not be written; a model is registered all the same.
    """

    run: Run
    same_as: EarlierVersion | None
    end_errors: tuple[Exception, ...]
    is_new: bool = True


def _ignore(_: object) -> None:
    """Do nothing with an event."""


def run(
    folder: str | Path,
    *,
    environment: str = "",
    store: str | Path | None = None,
    match_image: bool = False,
    settings: Mapping[str, Any] | None = None,
    register: bool = True,
    fresh: Iterable[str] = (),
    repeat: bool = False,
    without_champion: bool = False,
    on_event: Callable[[Event], None] = _ignore,
) -> Run:
    """Train, evaluate and register a model on this computer; return its Run once it has ended.

    A run that fails is returned too: its `outcome` is `failed`, and `error` says why. `environment` selects an overlay
    of config.yaml. `store` is the folder for runs and models; None is $PUSHTRAIN_STORE, else `.pushtrain`.
    `match_image` gives scripts the framework version of their image. `settings` replace values of config.yaml, by path,
    such as {"train.hyperparameters.lr": 0.1}. With them, or without `register`, the run is an experiment, which
    registers nothing. `fresh` are steps that run although an earlier result could be reused, `*` all of them.
    If the run would only repeat an earlier one, the earlier one is returned; `repeat=True` starts it all the same.
    With `without_champion` the run does not compare with the model in service.
    `on_event` is called, from any thread, with the events of `pushtrain.local.events`. Raises ConfigError with every
    problem of the model repo, LocalError if this computer cannot run it.
    """
    folder, store = Path(folder), Path(store) if store else default_store()
    experiment = None if register and not settings else dict(settings or {})
    platform = msgspec.structs.replace(local_platform(environment, store), experiment=experiment)
    loaded = check_model_repo(folder, environment, platform).loaded
    repo = read_model_repo(folder)
    check_fresh(fresh, loaded.config)
    finished = run_model_repo(
        repo,
        loaded.config,
        platform,
        store,
        match_image=match_image,
        fresh=fresh,
        allow_same=repeat,
        without_champion=without_champion,
        on_event=on_event,
    )
    return finished.run


def run_model_repo(
    repo: ModelRepo,
    config: Config,
    platform: Platform,
    store: Path,
    *,
    match_image: bool = False,
    fresh: Iterable[str] = (),
    allow_same: bool = False,
    without_champion: bool = False,
    on_event: Callable[[Event], None] = _ignore,
    on_start: Callable[[str], None] = _ignore,
    on_stop: Callable[[Run], None] = _ignore,
    on_upload: Callable[[File], None] = _ignore,
) -> LocalRun:
    """Run a model repo that was checked. Nothing runs if that would only repeat an earlier run, unless `allow_same`.

    `on_upload` gets each uploaded file, `on_start` the run id, `on_stop` the Run that Ctrl-C has stopped. They are
    called while embedded AWS is up. Raises ConfigError if the push handler refuses the push, LocalError if a step
    without a script has an image whose program this computer cannot imitate.
    """
    check_algorithms(config)
    with (
        hold_launch_lock(store) as release_lock,
        up(
            store, platform, on_event=on_event, match_image=match_image, load_engine=False, load_moto=False
        ) as local_aws,
    ):
        upload_stand_ins(repo, config, platform.region)
        push = upload(
            repo,
            config.model,
            platform,
            repeat=True,
            fresh=fresh,
            allow_same=allow_same,
            without_champion=without_champion,
            progress=on_upload,
        ).push
        launched = _find_launch(local_aws, push)
        if same_run := find_same_run(push, platform):
            return LocalRun(run=same_run, same_as=None, end_errors=(), is_new=False)
        release_lock()
        on_start(launched["run"])
        finished = _wait(local_aws, config.model, launched, on_stop)
        return LocalRun(run=finished, same_as=_find_same(finished, platform), end_errors=_find_end_errors(local_aws))


def reproduce_local_run(
    record: RunRecord,
    model_version: int,
    platform: Platform,
    store: Path,
    *,
    on_event: Callable[[Event], None] = _ignore,
    on_start: Callable[[str], None] = _ignore,
    on_stop: Callable[[Run], None] = _ignore,
) -> Run:
    """Run everything of a record once more, from what the store has, and return the Run once it has ended.

    `record` is that of the run that registered `model_version`. The callbacks are those of `run_model_repo`. Raises
    ConfigError if the push handler refuses the push.
    """
    match_image = platform.runtime == describe_runtime(match_image=True)
    with (
        hold_launch_lock(store) as release_lock,
        up(store, platform, on_event=on_event, match_image=match_image, load_moto=False) as local_aws,
    ):
        launched = _find_launch(local_aws, push_reproduction(platform, record, model_version))
        release_lock()
        on_start(launched["run"])
        return _wait(local_aws, record.model, launched, on_stop)


def redrive_local_run(
    run: Run,
    platform: Platform,
    store: Path,
    follow: Callable[[Redrive], Run],
    on_stop: Callable[[Run], None] = _ignore,
) -> Run:
    """Redrive a run of this computer, and return it once it has ended.

    `follow` is called while embedded AWS is up; it returns the Run once it has ended. `on_stop` gets the Run that
    Ctrl-C has stopped. Raises OperatorError if the run cannot be redriven.
    """
    with hold_launch_lock(store) as release_lock, up(store, platform, load_moto=False) as local_aws:
        redrive = redrive_run(platform, run)
        release_lock()
        launched = {"arn": build_execution_arn(platform, run.model, run.run), "run": run.run}
        try:
            follow(redrive)
        except KeyboardInterrupt:
            _stop(local_aws, run.model, launched, on_stop)
            raise
        return _wait(local_aws, run.model, launched, on_stop)


def _wait(local_aws: LocalAws, model: str, launched: dict[str, str], on_stop: Callable[[Run], None]) -> Run:
    """Return the Run once it has ended. Ctrl-C stops the run, and is raised again."""
    try:
        local_aws.wait(launched["arn"])
    except KeyboardInterrupt:
        _stop(local_aws, model, launched, on_stop)
        raise
    return read_run(local_aws.platform, model, launched["run"])


def _stop(local_aws: LocalAws, model: str, launched: dict[str, str], on_stop: Callable[[Run], None]) -> None:
    """Stop the run and all of its jobs."""
    local_aws.stop(launched["arn"])
    on_stop(read_run(local_aws.platform, model, launched["run"]))


def _find_launch(local_aws: LocalAws, push: Push) -> dict[str, str]:
    """Return `run` and `arn` of the run that the push started.

    Raises ConfigError if the push handler refused the push, or the error that it raised.
    """
    call = next(call for call in reversed(local_aws.invocations) if call.function == ON_PUSH)
    if call.error:
        raise call.error
    if refusal := find_refusal(push, local_aws.platform):
        raise ConfigError(refusal.problems)
    return {"run": push.run, "arn": build_execution_arn(local_aws.platform, push.model, push.run)}


def _find_same(finished: Run, platform: Platform) -> EarlierVersion | None:
    """Return the version that was built from the same things as the one that the run registered."""
    version = find_version(platform, finished.model_package) if finished.model_package else None
    return find_earlier_version(platform, version) if version else None


def _find_end_errors(local_aws: LocalAws) -> tuple[Exception, ...]:
    """On AWS the event of a result or report that cannot be written would wait in the failure queue."""
    return tuple(call.error for call in local_aws.invocations if call.function == ON_RUN_END and call.error)
