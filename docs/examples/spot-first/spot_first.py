"""Template `spot-first`: train on spot instances. If that job fails or waits too long, train on demand.

A job that ran out of `max_runtime` is not trained again: that would cost the same and end the same.

Written with the classes of the Step Functions SDK. `pushtrain.sdk` and `pushtrain.workflow` add what only pushtrain
knows: names of jobs, S3 URIs, the gate, the registry.
"""

from stepfunctions.steps import Catch, Chain, Choice, ChoiceRule

from pushtrain.sdk import (
    Expression,
    JobRequest,
    ProcessingStep,
    TrainingStep,
    build_api_retry,
    build_estimator,
    build_gate_rule,
    build_job_retry,
    build_processor,
    embed,
    wait_for_capacity,
)
from pushtrain.workflow import (
    Pipeline,
    build_job_name,
    decide,
    register,
    require_completed,
    select_job_result,
    skip_registration,
    start_run,
)


def spot_first(pipeline: Pipeline) -> Chain:
    """Return the workflow. config.yaml must have `preprocess`, `evaluate` and a gate."""
    spot = build_training(set_spot(pipeline, spot=True), "train", build_job_name(pipeline, "train"))
    on_demand = build_training(set_spot(pipeline, spot=False), "train on demand", build_job_name(pipeline, "on-demand"))
    trained = embed(require_completed("train"))
    spot.add_catch(Catch(error_equals=["States.TaskFailed"], result_path="$.spot", next_step=on_demand))
    on_demand.next(trained)
    waited = Choice("waited too long?")
    waited.add_choice(ChoiceRule.StringEquals("$.jobs.train.ending", "MaxWaitTimeExceeded"), on_demand)

    gate = Choice("gate")
    gate.add_choice(build_gate_rule(), embed(register(pipeline)))
    gate.default_choice(embed(skip_registration(pipeline)))
    preprocess, evaluate = build_processing(pipeline, "preprocess"), build_processing(pipeline, "evaluate")
    return Chain([embed(start_run()), preprocess, spot, waited, trained, evaluate, embed(decide(pipeline)), gate])


def set_spot(pipeline: Pipeline, *, spot: bool) -> Pipeline:
    """Return a copy of the pipeline with `spot` switched on or off."""
    train = pipeline.config.train
    max_wait = train.max_wait or 2 * train.max_runtime
    new_train = train.model_copy(update={"spot": spot, "max_wait": max_wait if spot else None})
    return Pipeline(pipeline.config.model_copy(update={"train": new_train}), pipeline.platform)


def build_training(pipeline: Pipeline, state: str, name: str) -> TrainingStep:
    """Run the training job. Its result is `$.jobs.train` on spot and on demand."""
    job = JobRequest(pipeline, "train")
    return TrainingStep(
        state,
        build_estimator(pipeline, "train"),
        job_name=Expression(name),
        data=job.channels,
        hyperparameters=job.request["HyperParameters"],
        code=job.code,
        output_data_config_path=job.request["OutputDataConfig"]["S3OutputPath"],
        partition=pipeline.platform.partition,
        retry=build_api_retry(pipeline.find_step("train").settings.wait_for_capacity),
        # `ending` is MaxWaitTimeExceeded for a spot job that got no instance in time. Its status is Stopped then.
        result_selector=select_job_result(pipeline, "train") | {"ending.$": "$.SecondaryStatus"},
        result_path="$.jobs.train",
    )


def build_processing(pipeline: Pipeline, name: str) -> Chain:
    """Run a processing job. Go on only if it completed."""
    job = JobRequest(pipeline, name, pipeline.find_wait_loop(name))
    step = ProcessingStep(
        name,
        build_processor(pipeline, name),
        job_name=job.job_name,
        inputs=job.inputs,
        outputs=job.outputs,
        container_entrypoint=job.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=job.request["AppSpecification"].get("ContainerArguments"),
        partition=pipeline.platform.partition,
        retry=build_job_retry(pipeline, name),
        result_selector=select_job_result(pipeline, name),
        result_path=f"$.jobs.{name}",
    )
    return Chain([wait_for_capacity(job, step), embed(require_completed(name))])
