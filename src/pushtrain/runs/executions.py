"""List the executions of models in Step Functions. Changes nothing.

ListExecutions answers for one state machine and allows only a few calls per second, so a call asks for 1,000.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.parallel import call_all
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

PAGES = {"PageSize": 1000}  # the maximum


def list_state_machines(states: Any, platform: Platform, models: Collection[str] | None) -> list[tuple[str, str]]:
    """Return (model, ARN) of the state machines of models, or of all. A name is the prefix, then the model."""
    if models is not None:
        return [(model, build_state_machine_arn(platform, model)) for model in models]
    pages = states.get_paginator("list_state_machines").paginate(PaginationConfig=PAGES)
    state_machines = [state_machine for page in pages for state_machine in page["stateMachines"]]
    prefix = f"{platform.prefix}-"
    return [
        (state_machine["name"].removeprefix(prefix), state_machine["stateMachineArn"])
        for state_machine in state_machines
        if state_machine["name"].startswith(prefix)
    ]


def is_of_other_team(platform: Platform, error: ClientError) -> bool:
    """Return whether AWS denied a call because, on a platform with teams, it was about runs of another team."""
    return bool(platform.teams) and error.response["Error"]["Code"] in aws.ACCESS_DENIED


def list_executions(
    states: Any, platform: Platform, models: Collection[str] | None = None
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (model, summary) of every execution of models, or of all; nothing for a model that never ran.

    On a platform with teams AWS denies the runs of other teams: they are left out. If it denies all, that is raised.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    def list_model(arn: str) -> list[Mapping[str, Any]] | ClientError:
        pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig=PAGES)
        try:
            return [execution for page in pages for execution in page["executions"]]
        except states.exceptions.StateMachineDoesNotExist:
            return []
        except ClientError as error:
            if not is_of_other_team(platform, error):
                raise
            return error

    state_machines = list_state_machines(states, platform, models)
    answers = call_all(list_model, [arn for _, arn in state_machines])
    denials = [answer for answer in answers if isinstance(answer, ClientError)]
    if denials and len(denials) == len(answers):
        raise denials[0]
    models_and_answers = zip([model for model, _ in state_machines], answers, strict=True)
    return [
        (model, execution)
        for model, answer in models_and_answers
        if not isinstance(answer, ClientError)
        for execution in answer
    ]
