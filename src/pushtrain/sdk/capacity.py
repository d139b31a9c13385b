"""The wait for capacity around a step of the Step Functions SDK. Pure."""

from __future__ import annotations

from stepfunctions.steps import Catch, Chain
from stepfunctions.steps.states import Task

from pushtrain.sdk.embed import embed
from pushtrain.sdk.job_request import JobRequest


def wait_for_capacity(job: JobRequest, step: Task) -> Chain:
    """Return the step of a job, with the loop `job.loop` around it if there is one: see `workflow.capacity`."""
    if job.loop is None:
        return Chain([step])
    repeated = embed(job.loop.repeat())
    repeated.steps[-1].next(step)
    catch = job.loop.catch
    step.add_catch(
        Catch(error_equals=catch["ErrorEquals"], result_path=catch["ResultPath"], next_step=repeated.steps[0])
    )
    return Chain([embed(job.loop.begin()), step])
