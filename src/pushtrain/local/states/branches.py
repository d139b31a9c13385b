"""Parallel states as on AWS: a failed branch stops the others, and a redrive runs only unfinished branches again.

In: a Patches. Out: moto, changed in memory until the patches are undone. moto already runs branches at the same time.
Import this module only after `pushtrain.local.states.install.install` imported moto.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branch_worker import BranchWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branches_decl import BranchesDecl
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.state_parallel import StateParallel
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramError

from pushtrain.local.patches import Patches
from pushtrain.local.states.resume import FinishedBranch, ResumePoint


class Resumption:
    """Where one scope of a redriven execution goes on. Only the first state of the scope uses it."""

    def __init__(self, point: ResumePoint | None) -> None:
        self.point = point

    def take(self, name: str) -> ResumePoint | None:
        """Return the point if it is the state `name`. A later attempt of that state starts anew."""
        point = self.point
        if point is None or point.name != name:
            return None
        self.point = None
        return point


class BranchPool(BranchWorker.BranchWorkerComm):  # type: ignore[misc]
    """The branches of one Parallel state while they run. `failed_env` is the environment of the first that failed."""

    def __init__(self, branch_count: int) -> None:
        self.failed_env: Environment | None = None
        self._open_count = branch_count
        self._changed = threading.Condition()

    def on_terminated(self, env: Environment) -> None:
        """Record that a branch has ended."""
        with self._changed:
            self._open_count -= 1
            if self.failed_env is None and isinstance(env.program_state(), ProgramError):
                self.failed_env = env
            self._changed.notify_all()

    def wait(self) -> None:
        """Return when all branches have ended, or as soon as one has failed."""
        with self._changed:
            self._changed.wait_for(lambda: self.failed_env is not None or self._open_count == 0)


def apply_all(patches: Patches) -> None:
    """Apply every correction of Parallel states."""
    link_histories(patches)
    correct_failing_branches(patches)
    resume_scopes(patches)


def is_stopped(context: Any) -> bool:
    """Return True if the events of `context` belong to a branch that was stopped."""
    while context is not None:
        if context.is_stopped:
            return True
        context = context.outer
    return False


def link_histories(patches: Patches) -> None:
    """Let each event context know the one around it, so that a stopped branch is known from all of its states."""
    patches.add(EventHistoryContext, "outer", None)
    patches.add(EventHistoryContext, "is_stopped", False)
    patches.add(EventHistoryContext, "resumed_entry_id", 0)
    patches.add(Environment, "resumption", Resumption(None))
    patches.add(Environment, "branch_points", ())
    for name in ("open_frame", "open_inner_frame"):
        patches.replace(Environment, name, _build_open(getattr(Environment, name), is_scope=name == "open_inner_frame"))


def _build_open(stock: Any, *, is_scope: bool) -> Any:
    """Return `open_frame` of Environment. A frame of the same scope shares its resumption; a new scope has none."""

    def open_linked(self: Environment, event_history_context: EventHistoryContext | None = None) -> Environment:
        frame = stock(self, event_history_context)
        if frame.event_history_context is not self.event_history_context:
            frame.event_history_context.outer = self.event_history_context
        frame.resumption = Resumption(None) if is_scope else self.resumption
        frame.branch_points = () if is_scope else self.branch_points
        return frame

    return open_linked


def correct_failing_branches(patches: Patches) -> None:
    """Correct what happens when a branch fails.

    Moto: ParallelStateFailed points to the newest event of all branches, stopped branches go on to write events, and no
    TaskStateAborted is written. AWS: ParallelStateFailed and the TaskStateAborted of the other branches point to the
    event that failed, and stopped branches write nothing more.
    """
    patches.replace(BranchesDecl, "_eval_body", _run_branches)


def _run_branches(self: BranchesDecl, env: Environment) -> None:
    """Run the branches at the same time, without those that had finished before a redrive."""
    branch_input = env.stack.pop()
    points = env.branch_points or (None,) * len(self.programs)
    pool = BranchPool(sum(not isinstance(point, FinishedBranch) for point in points))
    workers: dict[int, BranchWorker] = {}
    for index, (program, point) in enumerate(zip(self.programs, points, strict=True)):
        if isinstance(point, FinishedBranch):
            continue
        frame = env.open_inner_frame()
        frame.states.reset(input_value=branch_input)
        frame.resumption = Resumption(point)
        workers[index] = BranchWorker(branch_worker_comm=pool, program=program, env=frame)
    for worker in workers.values():
        worker.start()
    pool.wait()
    if pool.failed_env is not None:
        raise _stop_branches(env, workers.values(), pool.failed_env)
    outputs = []
    for index, point in enumerate(points):
        if isinstance(point, FinishedBranch):
            outputs.append(point.output)
            continue
        outputs.append(workers[index].env.states.get_input())
        env.close_frame(workers[index].env)
    env.stack.append(outputs)


def _stop_branches(env: Environment, workers: Any, failed_env: Environment) -> FailureEventException:
    """Stop all branches, and return the error with which the Parallel state fails."""
    for worker in workers:
        worker.env.event_history_context.is_stopped = True
        worker.stop(stop_date=datetime.now(UTC), cause=None, error=None)
        env.delete_frame(worker.env)
    env.event_history_context.source_event_id = failed_env.event_history_context.source_event_id
    parallel = env.states.context_object.context_object_data["State"]["Name"]
    env.event_manager.abort_branches(env.event_history_context, parallel)
    error = failed_env.program_state().error or {}
    details = ExecutionFailedEventDetails(**{key: error[key] for key in ("error", "cause") if key in error})
    failure = FailureEvent(
        env=env,
        error_name=branches_decl.CustomErrorName(error.get("error")),  # corrected by correct_errors_out_of_branches
        event_type=HistoryEventType.ExecutionFailed,
        event_details=EventDetails(executionFailedEventDetails=details),
    )
    return FailureEventException(failure_event=failure)


def resume_scopes(patches: Patches) -> None:
    """Begin a scope of a redriven execution at its resume point. A Parallel state there goes on with its branches."""
    stock_program, stock_parallel = Program._eval_body, StateParallel._eval_execution

    def eval_program(self: Program, env: Environment) -> None:
        if point := env.resumption.point:
            env.next_state_name = point.name
            env.states.reset(input_value=point.input)
            env.event_history_context.resumed_entry_id = point.event_id
        stock_program(self, env)

    def eval_parallel(self: StateParallel, env: Environment) -> None:
        point = env.resumption.take(self.name)
        if point is None or not point.branches:
            stock_parallel(self, env)
            return
        env.event_history_context.source_event_id = point.started_id
        env.branch_points = point.branches
        self.branches.eval(env)
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ParallelStateSucceeded,
            update_source_event_id=False,
        )

    patches.replace(Program, "_eval_body", eval_program)
    patches.replace(StateParallel, "_eval_execution", eval_parallel)
