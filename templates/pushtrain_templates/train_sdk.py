"""Template `train-sdk`: the workflow of `train`, written with the classes of AWS's SDKs. Needs the extra `sdk`."""

from stepfunctions.steps import Chain, Choice

from pushtrain.sdk import (
    API_RETRY,
    JobRequest,
    ProcessingStep,
    TrainingStep,
    build_estimator,
    build_gate_rule,
    build_processor,
    embed,
)
from pushtrain.workflow import Pipeline, read_metrics, register, require_completed, select_job_result, skip_registration


def train_sdk(pipeline: Pipeline) -> Chain:
    """Return the workflow. Parts that config.yaml leaves out have no states."""
    return Chain([
        process(pipeline, "preprocess"),
        train(pipeline),
        process(pipeline, "evaluate"),
        embed(read_metrics(pipeline)),
        gate(pipeline),
    ])  # fmt: skip


def process(pipeline: Pipeline, name: str) -> Chain:
    """Run a processing job. Go on only if it completed."""
    if name not in pipeline.config.steps:
        return Chain([])
    job = JobRequest(pipeline, name)
    step = ProcessingStep(
        name,
        build_processor(pipeline, name),
        job_name=job.job_name,
        inputs=job.inputs,
        outputs=job.outputs,
        container_entrypoint=job.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=job.request["AppSpecification"].get("ContainerArguments"),
        parameters=dict(pipeline.config.steps[name].sagemaker),
        partition=pipeline.platform.partition,
        **build_task_fields(job),
    )
    return Chain([step, embed(require_completed(name))])


def train(pipeline: Pipeline) -> Chain:
    """Run the training job. Go on only if it completed."""
    job = JobRequest(pipeline, "train")
    step = TrainingStep(
        "train",
        build_estimator(pipeline),
        job_name=job.job_name,
        data=job.channels,
        hyperparameters=job.request["HyperParameters"],
        code=job.code,
        output_data_config_path=job.request["OutputDataConfig"]["S3OutputPath"],
        parameters=pipeline.config.train.sagemaker,
        partition=pipeline.platform.partition,
        **build_task_fields(job),
    )
    return Chain([step, embed(require_completed("train"))])


def gate(pipeline: Pipeline) -> Chain:
    """Register the model if every condition of the gate holds."""
    registered = embed(register(pipeline))
    if not pipeline.conditions:
        return registered
    choice = Choice("gate")
    choice.add_choice(build_gate_rule(pipeline.conditions), registered)
    choice.default_choice(embed(skip_registration(pipeline)))
    return Chain([choice])


def build_task_fields(job: JobRequest) -> dict[str, object]:
    """Return the fields that every job's Task has: Retry, and name, status and ARN of the job as `$.jobs.<step>`."""
    return {"retry": API_RETRY, "result_selector": select_job_result(job.kind), "result_path": f"$.jobs.{job.step}"}
