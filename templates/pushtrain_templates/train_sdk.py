"""Template `train-sdk`: what `train` does, written with the classes of AWS's own SDKs. Needs the extra `sdk`."""

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
    """Parts that config.yaml leaves out leave no states behind."""
    return Chain([
        process(pipeline, "preprocess"),
        train(pipeline),
        process(pipeline, "evaluate"),
        embed(read_metrics(pipeline)),
        gate(pipeline),
    ])  # fmt: skip


def process(pipeline: Pipeline, name: str) -> Chain:
    """One processing job, and on only if it completed."""
    if name not in pipeline.config.steps:
        return Chain([])
    asked = JobRequest(pipeline, name)
    step = ProcessingStep(
        name,
        build_processor(pipeline, name),
        job_name=asked.job_name,
        inputs=asked.inputs,
        outputs=asked.outputs,
        container_entrypoint=asked.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=asked.request["AppSpecification"].get("ContainerArguments"),
        parameters=dict(pipeline.config.steps[name].sagemaker),
        partition=pipeline.platform.partition,
        **outcome(asked),
    )
    return Chain([step, embed(require_completed(name))])


def train(pipeline: Pipeline) -> Chain:
    """The training job, and on only if it completed."""
    asked = JobRequest(pipeline, "train")
    step = TrainingStep(
        "train",
        build_estimator(pipeline),
        job_name=asked.job_name,
        data=asked.channels,
        hyperparameters=asked.request["HyperParameters"],
        code=asked.code,
        output_data_config_path=asked.request["OutputDataConfig"]["S3OutputPath"],
        parameters=pipeline.config.train.sagemaker,
        partition=pipeline.platform.partition,
        **outcome(asked),
    )
    return Chain([step, embed(require_completed("train"))])


def gate(pipeline: Pipeline) -> Chain:
    """Register the model if every condition holds."""
    registered = embed(register(pipeline))
    if not pipeline.conditions:
        return registered
    choice = Choice("gate")
    choice.add_choice(build_gate_rule(pipeline.conditions), registered)
    choice.default_choice(embed(skip_registration(pipeline)))
    return Chain([choice])


def outcome(asked: JobRequest) -> dict[str, object]:
    """Try again what AWS refused for a moment; keep name, status and ARN of the job as `$.jobs.<step>`."""
    return {"retry": API_RETRY, "result_selector": select_job_result(asked.kind), "result_path": f"$.jobs.{asked.step}"}
