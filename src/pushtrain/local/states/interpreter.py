"""Run one execution in moto's interpreter of Amazon States Language, and add what moto leaves out.

In: a ResolvedStateMachine and the document of a started execution. Out: the execution runs in threads of this process.
It sends its states as events; its end and its history go to Executions. The classes extend moto's classes, so nothing
is patched. Import this module only after `pushtrain.local.states.install.install` imported moto.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from pushtrain.local.events import StateEntered, StateExited
from pushtrain.local.states.definitions import program_of
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.state_machines import ResolvedStateMachine

START_SECONDS = 5.0
# When the history so far goes to the store: a run whose process is killed still shows its last state and job.
KEPT_AT = ("StateEntered", "TaskSubmitted")
END_EVENTS = {
    "ABORTED": HistoryEventType.ExecutionAborted,
    "TIMED_OUT": HistoryEventType.ExecutionTimedOut,
    "FAILED": HistoryEventType.ExecutionFailed,
}


class Run(Execution):  # type: ignore[misc]
    """An execution of this process."""

    def __init__(self, revision: ResolvedStateMachine, document: dict[str, Any], executions: Executions) -> None:
        self.revision, self.executions = revision, executions
        arn = document["executionArn"]
        super().__init__(
            name=document["name"],
            sm_type=revision.sm_type,
            role_arn=revision.role,
            exec_arn=arn,
            account_id=arn.split(":")[4],
            region_name=arn.split(":")[3],
            state_machine=revision,
            start_date=datetime.fromtimestamp(document["startDate"], UTC),
            cloud_watch_logging_session=None,
            activity_store={},
            input_data=document["input"],
        )

    def get_start_execution_details(self) -> ExecutionDetails:
        """StartTime as text: moto has a datetime, which no intrinsic and no output can hold."""
        details = super().get_start_execution_details()
        details.start_time = iso(self.start_date)
        return details

    def halt(self, error: str | None, cause: str | None) -> None:
        """Aborts. The answer does not wait for a retry's pause or a script's last words; AWS's does not either."""
        worker: Worker = self.exec_worker
        worker.begun.wait(START_SECONDS)
        worker.stop(stop_date=datetime.now(UTC), error=error, cause=cause)
        self.end("ABORTED", error=error, cause=cause)

    def end(self, status: str, **details: str | None) -> None:
        """Records how the execution ended, once; the history first, for whoever sees the end asks for it."""
        reporter: Reporter = self.exec_worker.env.event_manager
        if not reporter.close(END_EVENTS.get(status), details):
            return  # aborted before: the interpreter hears of it later, perhaps when the store is closed
        self.executions.record_history(self.exec_arn, self.revision, reporter.wire_events())
        self.executions.finish(self.exec_arn, status, **details)

    def _get_start_execution_worker_comm(self) -> Ending:
        return Ending(self)

    def _get_start_execution_worker(self) -> Worker:
        moto_worker = super()._get_start_execution_worker()
        return Worker(moto_worker, self)


class Ending(BaseExecutionWorkerCommunication):  # type: ignore[misc]
    """Hears from the interpreter that the program ended."""

    def terminated(self) -> None:
        """Translates the program's last state into the execution's status."""
        super().terminated()
        run: Run = self.execution
        state = run.exec_worker.env.program_state()
        details: dict[str, str | None] = {"error": run.error, "cause": run.cause}
        if isinstance(state, ProgramStopped):
            details = {"error": state.error, "cause": state.cause}
        if run.exec_status == ExecutionStatus.SUCCEEDED:
            details = {"output": to_json_str(run.output, separators=(",", ":"))}
        run.end(run.status, **details)


class Worker(ExecutionWorker):  # type: ignore[misc]
    """The thread that evaluates the program."""

    def __init__(self, like: ExecutionWorker, run: Run) -> None:
        super().__init__(
            evaluation_details=like._evaluation_details,
            exec_comm=like._execution_communication,
            cloud_watch_logging_session=None,
            activity_store=like._activity_store,
        )
        self._run = run
        self.begun = threading.Event()
        self.env = self._environment()

    def _get_evaluation_entrypoint(self) -> Any:
        return program_of(self._evaluation_details.state_machine_details.definition)

    def _get_evaluation_environment(self) -> Environment:
        return self.env

    def _environment(self) -> Environment:
        env = super()._get_evaluation_environment()
        env.event_manager = Reporter(self._run, self.begun)
        env.states.context_object.context_object_data["Execution"]["RedriveCount"] = 0
        return env

    def _execution_logic(self) -> None:
        """A bug in moto or here must end the execution: a thread that dies silently leaves it RUNNING."""
        try:
            super()._execution_logic()
        except Exception as error:
            self.env.set_error({"error": "States.Runtime", "cause": f"{type(error).__name__}: {error}"})
            self._run.end("FAILED", error="States.Runtime", cause=f"{type(error).__name__}: {error}")
            raise


class Reporter(EventManager):  # type: ignore[misc]
    """The history of one execution: told as it grows, closed at its end."""

    def __init__(self, run: Run, begun: threading.Event) -> None:
        super().__init__()
        self._run, self._begun = run, begun
        self._closed = False
        self._ending = threading.Lock()  # a state that ends while its execution is aborted writes nothing more

    def add_event(self, context: Any, event_type: Any, event_details: Any = None, **options: Any) -> int:
        """Adds an event. What a branch still says after the end of its execution is dropped, as on AWS."""
        if self._closed:
            return 0
        number: int = super().add_event(context, event_type, event_details, **options)
        name, now, run = str(event_type.value), datetime.now(UTC), self._run
        if name.endswith("StateEntered"):
            self._begun.set()
            state = event_details["stateEnteredEventDetails"]["name"]
            run.executions.on_event(StateEntered(execution=run.exec_arn, state=state, time=now))
        elif name.endswith("StateExited"):
            state = event_details["stateExitedEventDetails"]["name"]
            run.executions.on_event(StateExited(execution=run.exec_arn, state=state, time=now))
        if name.endswith(KEPT_AT):
            with self._ending:
                if not self._closed:
                    run.executions.record_history(run.exec_arn, run.revision, self.wire_events())
        return number

    def close(self, event_type: Any, details: dict[str, str | None]) -> bool:
        """Ends the history, with the given event unless the interpreter added it; False when it has ended before."""
        self._begun.set()
        with self._ending, self._mutex:
            if self._closed:
                return False
            self._closed = True
            last = self._history_event_list[-1]["type"] if self._history_event_list else None
            if event_type is None or last == event_type:
                return True
            key = event_type.value[0].lower() + event_type.value[1:] + "EventDetails"
            said = {name: text for name, text in details.items() if text is not None}
            event = self._create_history_event(
                event_id=self._event_id_gen.get(),
                source_event_id=0,
                event_type=event_type,
                timestamp=iso(datetime.now(UTC)),
                event_details=EventDetails(**{key: said}),
            )
            self._history_event_list.append(event)
        return True

    def wire_events(self) -> list[dict[str, Any]]:
        """The events so far as GetExecutionHistory sends them: names as text, times in epoch seconds."""
        return [
            {**event, "type": str(event["type"].value), "timestamp": _epoch(event["timestamp"])}
            for event in self.get_event_history()
        ]


def iso(moment: datetime) -> str:
    """A time as AWS's context object writes it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _epoch(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
