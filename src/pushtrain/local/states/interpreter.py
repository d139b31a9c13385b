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
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from pushtrain.errors import LocalError
from pushtrain.local.states.branches import Resumption
from pushtrain.local.states.definitions import parse_program
from pushtrain.local.states.executions import Executions, Redriven
from pushtrain.local.states.history import HistoryRecorder, format_iso
from pushtrain.local.states.state_machines import ResolvedStateMachine

START_SECONDS = 5.0
END_EVENTS = {
    "ABORTED": HistoryEventType.ExecutionAborted,
    "TIMED_OUT": HistoryEventType.ExecutionTimedOut,
    "FAILED": HistoryEventType.ExecutionFailed,
}


class InterpretedExecution(Execution):  # type: ignore[misc]
    """An execution that runs in this process."""

    def __init__(
        self,
        resolved_state_machine: ResolvedStateMachine,
        document: dict[str, Any],
        executions: Executions,
        redriven: Redriven | None = None,
    ) -> None:
        self.resolved_state_machine, self.executions, self.redriven = resolved_state_machine, executions, redriven
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
        """Return the environment of the program. That of a redriven execution begins where the execution goes on."""
        env = super()._get_evaluation_environment()
        redriven = self._execution.redriven
        env.event_manager = HistoryRecorder(
            self._execution, self.first_state_entered, redriven.events if redriven else ()
        )
        context = env.states.context_object.context_object_data["Execution"]
        context["RedriveCount"] = redriven.count if redriven else 0
        if redriven:
            context["RedriveTime"] = format_iso(datetime.fromtimestamp(redriven.time, UTC))
            env.event_manager.add_redrive(redriven.count)
            env.resumption = Resumption(redriven.point)
        return env

    def _execution_logic(self) -> None:
        """Run the program. An unexpected error ends the execution; otherwise it would be RUNNING for ever.

        A program that is stopped between two components may find no value where it expects one: then `halt` records
        the end. If the store cannot be written, nothing is recorded: `Executions.get` raises the store's failure.
        """
        try:
            super()._execution_logic()
        except LocalError:  # the store remembers it; whoever waits for the run raises it
            return
        except Exception as error:
            if isinstance(self.env.program_state(), ProgramStopped):
                return
            self.env.set_error({"error": "States.Runtime", "cause": f"{type(error).__name__}: {error}"})
            self._execution.end("FAILED", error="States.Runtime", cause=f"{type(error).__name__}: {error}")
            raise
