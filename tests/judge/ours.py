"""Our requests for a Case: text → config → definition → the Parameters of its Tasks, filled in as Step Functions does.

Takes the public way that a push takes; what is known only at run time is filled in from a run's input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.record import TRANSFER, ParentSearches
from pushtrain.teams import ONLY_TEAM
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.definition import iterate_states
from pushtrain.workflow.scoring import build_score_definition
from tests.judge.case import ACCOUNT, ARTIFACTS, BATCH, CODE, PREFIX, REVISION, ROLE, RUN, SERVED, SERVING, Case

_FORMAT = re.compile(r"States\.Format\('(?P<text>(?:[^'\\]|\\.)*)'(?P<paths>(?:, [^,]+)*)\)")
_TEXT = re.compile(r"States\.JsonToString\((?P<path>[^)]+)\)")
_KEY = re.compile(r"\.([\w$]+)|\['([^']+)'\]")
_JOB = re.compile(
    r"arn:[a-z-]+:states:::sagemaker:create(?:(?:Training|Processing|HyperParameterTuning|Transform)Job\.sync|Model)"
)


PARENTS = ParentSearches(runs=(), jobs=("parent-a", "parent-b"), type=TRANSFER)


def requests(case: Case) -> dict[str, dict[str, Any]]:
    """Step → the request that SageMaker would get."""
    loaded = load_config(json.dumps(dict(case.document), ensure_ascii=False).encode())  # JSON is YAML in quotes
    definition = compile_workflow(loaded.config, platform(case))
    context = _context(case)
    return {
        name: _filled(state["Parameters"], context)
        for name, state in iterate_states(definition)
        if _JOB.fullmatch(state.get("Resource", ""))
    }


def score_requests(case: Case, score: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """State → the request that SageMaker would get of a batch with this input; `document` is approved.json."""
    definition = build_score_definition(platform(case), ONLY_TEAM, ROLE)
    own = {"approved": {"document": document}, "created": {"name": SERVED}}
    context: dict[str, Any] = {"$$": {"Execution": {"Name": BATCH}}, "$": {**score, **own}}
    states = dict(iterate_states(definition))
    chosen = states["encrypt volume" if case.platform.get("kms_key") else "choose resources"]
    context["$"]["resources"] = _filled(chosen["Parameters"], context)
    return {
        name: _filled(state["Parameters"], context)
        for name, state in states.items()
        if _JOB.fullmatch(state.get("Resource", ""))
    }


def platform(case: Case) -> Platform:
    """What was provisioned."""
    return Platform(
        account=ACCOUNT,
        region=case.region,
        prefix=PREFIX,
        code_bucket="code",
        artifact_bucket=ARTIFACTS,
        serving_bucket=SERVING,
        states_role=f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-states",
        job_role=ROLE,
        **case.platform,
    )


def _context(case: Case) -> dict[str, Any]:
    """Roots of paths: `$$` is the context object, `$` the state's input, with the jobs that came before."""
    jobs = {step: {"prefix": f"{case.model}/runs/{RUN}/{step}/{case.job(step)}"} for step in ("preprocess", "train")}
    execution_input = {
        "code": CODE,
        "data": case.data(),
        "checkpoints": {"train": RUN},
        "short": "0a1b2c3d",
        "revision": REVISION,
        "searches": {"train": PARENTS.build_input()},
    }
    execution = {"Name": RUN, "RedriveCount": 0, "Input": execution_input}
    return {
        "$$": {"Execution": execution, "State": {"RetryCount": 0}},
        "$": {"jobs": jobs, "serving": {"name": SERVED}, "models": {"predict": {"name": SERVED}}},
    }


def _filled(value: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_filled(item, context) for item in value]
    if not isinstance(value, Mapping):
        return value
    filled = {}
    for key, item in value.items():
        name = key.removesuffix(".$")
        assert name not in filled, f"{name} is given twice"
        filled[name] = _filled(item, context) if name == key else _evaluated(item, context)
    return filled


def _evaluated(expression: str, context: Mapping[str, Any]) -> Any:
    """The three forms that requests use; any other is an error of this judge."""
    if match := _FORMAT.fullmatch(expression):
        text = match["text"]
        for path in match["paths"].split(", ")[1:]:
            text = text.replace("{}", str(_looked_up(path, context)), 1)
        return text
    if match := _TEXT.fullmatch(expression):
        return json.dumps(_looked_up(match["path"], context))
    return _looked_up(expression, context)


def _looked_up(path: str, context: Mapping[str, Any]) -> Any:
    root = "$$" if path.startswith("$$") else "$"
    rest = path.removeprefix(root)
    assert _KEY.sub("", rest) == "", f"not a plain path: {path}"
    value: Any = context[root]
    for dotted, quoted in _KEY.findall(rest):
        value = value[dotted or quoted]
    return value
