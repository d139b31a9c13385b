"""Install pushtrain's engine, so that definitions and their jobs really run; uninstall it later.

In: the store, the function that runs a job, a folder for jobs, a listener for events. Out: an Installation.
Its operations answer clients of this process, and after `serve_over_moto` also those over moto's server. `uninstall`
restores moto. Importing this module changes nothing and does not import moto.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from msgspec import Struct

from pushtrain.local.api import Operation, Request, RequestScope, list_operations, serve
from pushtrain.local.events import Event
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker.job_logs import serve_logs
from pushtrain.local.sagemaker.jobs import Jobs, RunJob
from pushtrain.local.sagemaker.jobs_api import build_operations
from pushtrain.local.startup import import_interpreter
from pushtrain.local.states.executions import Executions, LiveExecution, Redriven
from pushtrain.local.states.functions import InvokeFunction
from pushtrain.local.states.state_machines import ResolvedStateMachine, StateMachines
from pushtrain.local.states.states_api import StatesApi
from pushtrain.local.storage.store import Store

# moto logs each failure of a state. The history has it already, so the log is not shown. The handler stays: a thread of
# a stopped execution may end after embedded AWS was taken down.
SILENT_HANDLER = logging.NullHandler()
TEST_HOST = r"https?://sync-states\.(.+)\.amazonaws.com"
# Operations that parse a definition. Those that start a run load the engine with the execution.
PARSING_OPERATIONS = (
    "create_state_machine",
    "test_state",
    "update_state_machine",
    "validate_state_machine_definition",
)
STOPPED = "Embedded AWS was taken down while the execution ran."


def _do_nothing() -> None:
    """Start nothing: moto is started already."""


class Installation(Struct, frozen=True, kw_only=True):
    """pushtrain's jobs and executions. As a context manager, it uninstalls them at the end.

    `operations` are those of the services stepfunctions and sagemaker that they answer, by service and name.
    """

    jobs: Jobs
    executions: Executions
    patches: Patches
    engine: Engine
    operations: Mapping[str, Mapping[str, Operation]]

    def serve_over_moto(self) -> None:
        """Let moto answer with the same operations: in this process, and over its server. moto must be imported."""
        _add_test_host(self.patches)
        _replace_operations(self.patches, self.operations)
        _replace_executions(self.patches, self.executions)
        serve_logs(self.patches, self.jobs)

    def uninstall(self) -> None:
        """Abort the executions, stop the jobs of this process, wait for them, and restore moto."""
        with ExitStack() as stack:  # in reverse order, and all of them even if the store can no longer be written
            stack.callback(self.engine.unload)
            stack.callback(self.patches.undo)
            stack.callback(self.jobs.stop_all)
            self.executions.stop_all(STOPPED)

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
    invoke_function: InvokeFunction,
    aws_variables: Mapping[str, str] = MappingProxyType({}),
    load_engine: bool = True,
    start_moto: Callable[[], object] = _do_nothing,
) -> Installation:
    """Return the jobs, the executions and their operations.

    `on_event` is called from any thread. `invoke_function` runs the Lambda function that a Task names. `aws_variables`
    are the environment variables by which a job's own boto3 finds AWS. With `load_engine=False`, the interpreter is
    loaded when a definition or a run first needs it. `start_moto` is called before a Task uses one of moto's own
    integrations, such as SQS. Raises LocalError if moto is not installed, or if the corrections
    do not fit its release.
    """
    jobs = Jobs(store=store, run_job=run_job, folder=jobs_folder, on_event=on_event, aws_variables=aws_variables)
    engine = Engine(jobs, invoke_function, start_moto)
    executions = Executions(store=store, interpreter=engine.interpret, on_event=on_event)
    if load_engine:
        engine.load()
    operations = _list_operations(store, jobs, executions, engine)
    logging.getLogger("moto").addHandler(SILENT_HANDLER)
    return Installation(jobs=jobs, executions=executions, patches=Patches(), engine=engine, operations=operations)


class Engine:
    """moto's interpreter with pushtrain's corrections. Commands that only look leave it out: its import is slow."""

    def __init__(self, jobs: Jobs, invoke_function: InvokeFunction, start_moto: Callable[[], object]) -> None:
        self._jobs, self._invoke_function, self._start_moto = jobs, invoke_function, start_moto
        self._lock = threading.Lock()
        self._patches: Patches | None = None

    def load(self) -> None:
        """Import the interpreter and correct it, once. Raises LocalError if the corrections do not fit its release."""
        with self._lock:
            if self._patches is not None:
                return
            import_interpreter()
            from pushtrain.local.states import branches, corrections  # noqa: PLC0415 - they import moto

            patches = Patches()
            try:
                corrections.apply_all(patches)
                branches.apply_all(patches)
                _replace_tasks(patches, self._jobs, self._invoke_function, self._start_moto)
            except BaseException:
                patches.undo()
                raise
            self._patches = patches

    def interpret(
        self,
        state_machine: ResolvedStateMachine,
        document: dict[str, Any],
        executions: Executions,
        redriven: Redriven | None,
    ) -> LiveExecution:
        """Return an execution that runs in this process."""
        self.load()
        from pushtrain.local.states.interpreter import InterpretedExecution  # noqa: PLC0415 - imports moto

        execution: LiveExecution = InterpretedExecution(state_machine, document, executions, redriven)
        return execution

    def unload(self) -> None:
        """Restore moto's interpreter."""
        if self._patches is None:
            return
        from pushtrain.local.states.tasks import forget_clients  # noqa: PLC0415 - imports moto

        self._patches.undo()
        self._patches = None
        forget_clients()


def _replace_tasks(
    patches: Patches, jobs: Jobs, invoke_function: InvokeFunction, start_moto: Callable[[], object]
) -> None:
    """Replace the task factory in state_task_factory, which imported it by name."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory  # noqa: PLC0415

    from pushtrain.local.states.tasks import build_service_factory  # noqa: PLC0415

    stock = state_task_factory.state_task_service_for

    def create_stock_service(service_name: str) -> Any:
        start_moto()
        return stock(service_name)

    factory = build_service_factory(create_stock_service, jobs, invoke_function)
    patches.replace(state_task_factory, "state_task_service_for", factory)


def _replace_executions(patches: Patches, executions: Executions) -> None:
    """Let SendTaskSuccess and similar operations of moto find the executions of pushtrain."""
    from moto.stepfunctions import responses  # noqa: PLC0415

    stock = responses.get_backend

    def get_backend(account: str, region: str) -> Any:
        backend: Any = stock(account, region)
        backend._get_executions = lambda *_: list(executions.live.values())
        return backend

    patches.replace(responses, "get_backend", get_backend)


def _add_test_host(patches: Patches) -> None:
    """Let moto answer TestState too. boto3 sends it to a host of its own, which moto does not know."""
    from moto import backend_index  # noqa: PLC0415
    from moto.stepfunctions import urls  # noqa: PLC0415

    patterns = [*backend_index.backend_url_patterns, ("stepfunctions", re.compile(TEST_HOST))]
    patches.replace(backend_index, "backend_url_patterns", patterns)
    patches.replace(urls, "url_bases", [*urls.url_bases, TEST_HOST])


def _list_operations(
    store: Store, jobs: Jobs, executions: Executions, engine: Engine
) -> Mapping[str, Mapping[str, Operation]]:
    states = list_operations(StatesApi(StateMachines(store), executions))
    states |= {name: _load_before(states[name], engine) for name in PARSING_OPERATIONS}
    return {"stepfunctions": states, "sagemaker": build_operations(jobs)}


def _replace_operations(patches: Patches, operations: Mapping[str, Mapping[str, Operation]]) -> None:
    from moto.sagemaker.responses import SageMakerResponse  # noqa: PLC0415
    from moto.stepfunctions.responses import StepFunctionResponse  # noqa: PLC0415

    serve(patches, StepFunctionResponse, operations["stepfunctions"])
    serve(patches, SageMakerResponse, operations["sagemaker"])


def _load_before(operation: Operation, engine: Engine) -> Operation:
    def load_and_answer(request: Request, scope: RequestScope) -> Mapping[str, Any]:
        engine.load()
        return operation(request, scope)

    return load_and_answer
