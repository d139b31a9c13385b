"""Makes moto run what pushtrain's definitions ask for: install once, uninstall to have moto as it was.

In: the store, the function that runs a job, a folder for jobs, a listener for events. Out: Installation.
Everything is changed on `install` and put back on `uninstall`; importing this module changes nothing, imports no moto.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pushtrain.local.api import list_operations, refuse_operations, serve
from pushtrain.local.events import Event
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker.job_logs import serve_logs
from pushtrain.local.sagemaker.jobs import Jobs, RunJob
from pushtrain.local.sagemaker.jobs_api import UNSUPPORTED as UNSUPPORTED_JOBS
from pushtrain.local.sagemaker.jobs_api import SageMakerApi
from pushtrain.local.startup import import_moto
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.state_machines import StateMachines
from pushtrain.local.states.states_api import UNSUPPORTED, StatesApi
from pushtrain.local.storage.store import Store

QUIET = logging.NullHandler()  # moto logs each state's failure; we tell it as an event, and in the history
STOPPED = "Embedded AWS was taken down while the execution ran."


@dataclass(frozen=True, kw_only=True)
class Installation:
    """moto with everything of ours. Leaving it as a context manager uninstalls."""

    jobs: Jobs
    executions: Executions
    patches: Patches

    def uninstall(self) -> None:
        """Aborts the executions, stops the jobs of this process, waits for them, and restores moto."""
        from pushtrain.local.states.tasks import forget_clients  # noqa: PLC0415 - imports moto

        self.executions.stop_all(STOPPED)
        self.jobs.stop_all()
        self.patches.undo()
        logging.getLogger("moto").removeHandler(QUIET)
        forget_clients()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.uninstall()


def install(
    *,
    store: Store,
    run_job: RunJob,
    jobs_folder: Path,
    on_event: Callable[[Event], object],
    aws_variables: Mapping[str, str] = MappingProxyType({}),
) -> Installation:
    """Changes moto in this process, for requests made in it and over moto's server alike.

    `on_event` is called from any thread. `aws_variables` are the variables by which a job's own boto3 finds AWS.
    Raises LocalError when moto is missing, or is one that cannot be corrected.
    """
    import_moto()
    from pushtrain.local.states import corrections, interpreter  # noqa: PLC0415 - they import moto

    jobs = Jobs(store=store, run_job=run_job, folder=jobs_folder, on_event=on_event, aws_variables=aws_variables)
    executions = Executions(store=store, interpreter=interpreter.Run, on_event=on_event)
    patches = Patches()
    try:
        corrections.apply_all(patches)
        _use_our_tasks(patches, jobs)
        _use_our_executions(patches, executions)
        _use_our_operations(patches, store, jobs, executions)
    except BaseException:
        patches.undo()
        raise
    logging.getLogger("moto").addHandler(QUIET)
    return Installation(jobs=jobs, executions=executions, patches=patches)


def _use_our_tasks(patches: Patches, jobs: Jobs) -> None:
    """state_task_factory imported the function by name: that is where it must be replaced."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory  # noqa: PLC0415

    from pushtrain.local.states.tasks import services  # noqa: PLC0415

    stock = state_task_factory.state_task_service_for
    patches.replace(state_task_factory, "state_task_service_for", services(stock, jobs))


def _use_our_executions(patches: Patches, executions: Executions) -> None:
    """SendTaskSuccess and the like look through moto's executions: let them find ours."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend  # noqa: PLC0415

    def get_executions(_: Any, __: Any = None) -> list[Any]:
        return list(executions.live.values())

    patches.replace(StepFunctionsParserBackend, "_get_executions", get_executions)


def _use_our_operations(patches: Patches, store: Store, jobs: Jobs, executions: Executions) -> None:
    from moto.sagemaker.responses import SageMakerResponse  # noqa: PLC0415
    from moto.stepfunctions.responses import StepFunctionResponse  # noqa: PLC0415

    states = StatesApi(StateMachines(store), executions)
    serve(patches, StepFunctionResponse, list_operations(states) | refuse_operations(UNSUPPORTED))
    serve(patches, SageMakerResponse, list_operations(SageMakerApi(jobs)) | refuse_operations(UNSUPPORTED_JOBS))
    serve_logs(patches, jobs)
