"""The gate: the function `on_decide` turns the metrics into a verdict, and a Choice follows it. Pure.

If a metric is missing or no finite number, the function raises and the run fails with the name of that error: this must
not look like a gate that was not met.
"""

from __future__ import annotations

from collections.abc import Sequence

from pushtrain.config import Condition, Source, find_evaluation_source
from pushtrain.decide import build_payload
from pushtrain.layout import EVALUATION_FILE
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.runtime_values import RUN, build_source_key
from pushtrain.workflow.states import EMPTY, LAMBDA_RETRY, Fragment, State, build_choice, build_path, build_task

VERDICT = "$.verdict"
PASSED = f"{VERDICT}.passed"
REASON = f"{VERDICT}.reason"
PASSED_RULE: State = {"Variable": PASSED, "BooleanEquals": True}


def decide(pipeline: Pipeline) -> Fragment:
    """Judge the metrics in evaluation.json. The result is `$.verdict`: passed, reason and the metrics of the gate.

    Empty if config.yaml has no gate.
    """
    source = find_evaluation_source(pipeline.config)
    if not pipeline.conditions or source is None:
        return EMPTY
    payload = build_payload(
        model=pipeline.config.model,
        run_path=RUN,
        step=source.step,
        path=_find_evaluation_path(pipeline, source),
        evaluation_key_path=build_source_key(source, EVALUATION_FILE),
        conditions=pipeline.conditions,
    )
    return build_task(
        "decide",
        f"arn:{pipeline.platform.partition}:states:::lambda:invoke",
        {"FunctionName": pipeline.platform.decide_function, "Payload": payload},
        retry=LAMBDA_RETRY,
        ResultSelector={f"{member}.$": f"$.Payload.{member}" for member in ("passed", "reason", "metrics")},
        ResultPath=VERDICT,
    )


def build_gate(conditions: Sequence[Condition], *, passed: Fragment, otherwise: Fragment) -> Fragment:
    """Go on with `passed` if every condition holds, else with `otherwise`. Without conditions, with `passed`."""
    if not conditions:
        return passed
    return build_choice("gate", PASSED_RULE, then=passed, otherwise=otherwise)


def build_metric_path(metric: str) -> str:
    """Return the path of a metric of the gate, as text: `$.verdict.metrics['accuracy']`."""
    return f"{VERDICT}.metrics{build_path(metric)}"


def _find_evaluation_path(pipeline: Pipeline, source: Source) -> str:
    """Return where the step's script must write evaluation.json."""
    folders = {output.name: output.path for output in pipeline.find_step(source.step).outputs}
    return f"{folders[source.output]}/{EVALUATION_FILE}"
