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
from pushtrain.local.states.definitions import parse_program
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.state_machines import ResolvedStateMachine

START_SECONDS = 5.0
# After these events the history is saved. So a run whose process is killed still shows its last state and job.
SAVED_AFTER = ("StateEntered", "TaskSubmitted")
END_EVENTS = {
    "ABORTED": HistoryEventType.ExecutionAborted,
    "TIMED_OUT": HistoryEventType.ExecutionTimedOut,
    "FAILED": HistoryEventType.ExecutionFailed,
}


class InterpretedExecution(Execution):  # type: ignore[misc]
    """An execution that runs in this process."""

    def __init__(
        self, resolved_state_machine: ResolvedStateMachine, document: dict[str, Any], executions: Executions
    ) -> None:
        self.resolved_state_machine, self.executions = resolved_state_machine, executions
        arn = document["executionArn"]
        super().__init__(
            name=document["name"],
            sm_type=resolved_state_machine.sm_type,
            role_arn=resolved_state_machine.role,
            exec_arn=arn,
            account_id=arn.split(":")[4],
            region_name=arn.split(":")[3],
            state_machine=resolved_state_machine,
            start_date=datetime.fromtimestamp(document["startDate"], UTC),
            cloud_watch_logging_session=None,
            activity_store={},
            input_data=document["input"],
        )

    def get_start_execution_details(self) -> ExecutionDetails:
        """Return the details with StartTime as text: intrinsics and outputs cannot contain moto's datetime."""
        details = super().get_start_execution_details()
        details.start_time = format_iso(self.start_date)
        return details

    def halt(self, error: str | None, cause: str | None) -> None:
        """Abort. As on AWS, this does not wait for the pause before a retry, or for the last output of a script."""
        worker: ProgramWorker = self.exec_worker
        worker.first_state_entered.wait(START_SECONDS)
        worker.stop(stop_date=datetime.now(UTC), error=error, cause=cause)
        self.end("ABORTED", error=error, cause=cause)

    def end(self, status: str, **details: str | None) -> None:
        """Record the end of the execution, once. Save the history first: who learns of the end may ask for it."""
        history: HistoryRecorder = self.exec_worker.env.event_manager
        if not history.close(END_EVENTS.get(status), details):
            return  # it was aborted before; the interpreter reports that later, perhaps after the store was closed
        self.executions.record_history(self.exec_arn, self.resolved_state_machine, history.build_wire_events())
        self.executions.finish(self.exec_arn, status, **details)

    def _get_start_execution_worker_comm(self) -> EndListener:
        return EndListener(self)

    def _get_start_execution_worker(self) -> ProgramWorker:
        moto_worker = super()._get_start_execution_worker()
        return ProgramWorker(moto_worker, self)


class EndListener(BaseExecutionWorkerCommunication):  # type: ignore[misc]
    """Called by the interpreter when the program ended."""

    def terminated(self) -> None:
        """Translate the program's last state into the execution's status."""
        super().terminated()
        execution: InterpretedExecution = self.execution
        state = execution.exec_worker.env.program_state()
        details: dict[str, str | None] = {"error": execution.error, "cause": execution.cause}
        if isinstance(state, ProgramStopped):
            details = {"error": state.error, "cause": state.cause}
        if execution.exec_status == ExecutionStatus.SUCCEEDED:
            details = {"output": to_json_str(execution.output, separators=(",", ":"))}
        execution.end(execution.status, **details)


class ProgramWorker(ExecutionWorker):  # type: ignore[misc]
    """The thread that evaluates the program."""

    def __init__(self, moto_worker: ExecutionWorker, execution: InterpretedExecution) -> None:
        super().__init__(
            evaluation_details=moto_worker._evaluation_details,
            exec_comm=moto_worker._execution_communication,
            cloud_watch_logging_session=None,
            activity_store=moto_worker._activity_store,
        )
        self._execution = execution
        self.first_state_entered = threading.Event()
        self.env = self._build_environment()

    def _get_evaluation_entrypoint(self) -> Any:
        return parse_program(self._evaluation_details.state_machine_details.definition)

    def _get_evaluation_environment(self) -> Environment:
        return self.env

    def _build_environment(self) -> Environment:
        env = super()._get_evaluation_environment()
        env.event_manager = HistoryRecorder(self._execution, self.first_state_entered)
        env.states.context_object.context_object_data["Execution"]["RedriveCount"] = 0
        return env

    def _execution_logic(self) -> None:
        """Run the program. An unexpected error ends the execution; otherwise it would be RUNNING for ever."""
        try:
            super()._execution_logic()
        except Exception as error:
            self.env.set_error({"error": "States.Runtime", "cause": f"{type(error).__name__}: {error}"})
            self._execution.end("FAILED", error="States.Runtime", cause=f"{type(error).__name__}: {error}")
            raise


class HistoryRecorder(EventManager):  # type: ignore[misc]
    """The history of one execution. It sends states as events, and takes no more events after `close`."""

    def __init__(self, execution: InterpretedExecution, first_state_entered: threading.Event) -> None:
        super().__init__()
        self._execution, self._first_state_entered = execution, first_state_entered
        self._closed = False
        self._close_lock = threading.Lock()  # so that a state of an aborted execution does not save the history later

    def add_event(self, context: Any, event_type: Any, event_details: Any = None, **options: Any) -> int:
        """Add an event and return its id. As on AWS, events of a branch after the execution's end are dropped."""
        if self._closed:
            return 0
        event_id: int = super().add_event(context, event_type, event_details, **options)
        name, moment, execution = str(event_type.value), datetime.now(UTC), self._execution
        executions, arn = execution.executions, execution.exec_arn
        if name.endswith("StateEntered"):
            self._first_state_entered.set()
            state = event_details["stateEnteredEventDetails"]["name"]
            executions.on_event(StateEntered(execution=arn, state=state, time=moment))
        elif name.endswith("StateExited"):
            state = event_details["stateExitedEventDetails"]["name"]
            executions.on_event(StateExited(execution=arn, state=state, time=moment))
        if name.endswith(SAVED_AFTER):
            with self._close_lock:
                if not self._closed:
                    executions.record_history(arn, execution.resolved_state_machine, self.build_wire_events())
        return event_id

    def close(self, event_type: Any, details: dict[str, str | None]) -> bool:
        """Close the history, and return False if it was closed before.

        `event_type` is the last event. It is added with its details unless the interpreter has added it.
        """
        self._first_state_entered.set()
        with self._close_lock, self._mutex:
            if self._closed:
                return False
            self._closed = True
            last_type = self._history_event_list[-1]["type"] if self._history_event_list else None
            if event_type is None or last_type == event_type:
                return True
            key = event_type.value[0].lower() + event_type.value[1:] + "EventDetails"
            texts = {name: text for name, text in details.items() if text is not None}
            event = self._create_history_event(
                event_id=self._event_id_gen.get(),
                source_event_id=0,
                event_type=event_type,
                timestamp=format_iso(datetime.now(UTC)),
                event_details=EventDetails(**{key: texts}),
            )
            self._history_event_list.append(event)
        return True

    def build_wire_events(self) -> list[dict[str, Any]]:
        """Return the events so far as GetExecutionHistory sends them: types as text, times in epoch seconds."""
        return [
            {**event, "type": str(event["type"].value), "timestamp": _parse_iso(event["timestamp"])}
            for event in self.get_event_history()
        ]


def format_iso(moment: datetime) -> str:
    """Format a time as in AWS's context object: UTC, milliseconds, Z, such as 2026-11-02T08:15:30.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse_iso(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
