"""Template `spot-first`: train on spot machines; where that job fails or waits too long, once more on demand.

Written with the Step Functions SDK's own classes. What only pushtrain knows comes from `pushtrain.sdk` and
`pushtrain.workflow`: names of jobs, addresses, the gate, the registry.
"""

from stepfunctions.steps import Catch, Chain, Choice

from pushtrain.sdk import API_RETRY, Expression, JobRequest, ProcessingStep, TrainingStep, build_gate_rule, embed
from pushtrain.sdk import build_estimator as estimator_of
from pushtrain.sdk import build_processor as processor_of
from pushtrain.workflow import (
    Pipeline,
    build_job_name,
    read_metrics,
    register,
    require_completed,
    select_job_result,
    skip_registration,
)


def spot_first(pipeline: Pipeline) -> Chain:
    """Expects `preprocess`, `evaluate` and a gate in config.yaml."""
    spot = training(with_spot(pipeline, spot=True), "train", build_job_name(pipeline, "train"))
    on_demand = training(with_spot(pipeline, spot=False), "train on demand", build_job_name(pipeline, "on-demand"))
    trained = embed(require_completed("train"))
    spot.add_catch(Catch(error_equals=["States.TaskFailed"], result_path="$.spot", next_step=on_demand))
    on_demand.next(trained)

    gate = Choice("gate")
    gate.add_choice(build_gate_rule(pipeline.conditions), embed(register(pipeline)))
    gate.default_choice(embed(skip_registration(pipeline)))
    preprocess, evaluate = processing(pipeline, "preprocess"), processing(pipeline, "evaluate")
    return Chain([preprocess, spot, trained, evaluate, embed(read_metrics(pipeline)), gate])


def with_spot(pipeline: Pipeline, *, spot: bool) -> Pipeline:
    """The same model, trained on spot machines or on demand."""
    train = pipeline.config.train
    waiting = train.max_wait or 2 * train.max_runtime
    changed = train.model_copy(update={"spot": spot, "max_wait": waiting if spot else None})
    return Pipeline(pipeline.config.model_copy(update={"train": changed}), pipeline.platform)


def training(pipeline: Pipeline, state: str, name: str) -> TrainingStep:
    """Either way the job's result is `$.jobs.train`, so what follows reads the model of the one that trained it."""
    asked = JobRequest(pipeline, "train")
    return TrainingStep(
        state,
        estimator_of(pipeline),
        job_name=Expression(name),
        data=asked.channels,
        hyperparameters=asked.request["HyperParameters"],
        code=asked.code,
        output_data_config_path=asked.request["OutputDataConfig"]["S3OutputPath"],
        partition=pipeline.platform.partition,
        retry=API_RETRY,
        result_selector=select_job_result("Training"),
        result_path="$.jobs.train",
    )


def processing(pipeline: Pipeline, name: str) -> Chain:
    """A processing job, and on only if it completed."""
    asked = JobRequest(pipeline, name)
    step = ProcessingStep(
        name,
        processor_of(pipeline, name),
        job_name=asked.job_name,
        inputs=asked.inputs,
        outputs=asked.outputs,
        container_entrypoint=asked.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=asked.request["AppSpecification"].get("ContainerArguments"),
        partition=pipeline.platform.partition,
        retry=API_RETRY,
        result_selector=select_job_result("Processing"),
        result_path=f"$.jobs.{name}",
    )
    return Chain([step, embed(require_completed(name))])
