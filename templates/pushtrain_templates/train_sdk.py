"""Template `train-sdk`: what `train` does, written with the classes of AWS's own SDKs. Needs the extra `sdk`."""

from stepfunctions.steps import Chain, Choice

from pushtrain.sdk import API_RETRY, Asked, ProcessingStep, TrainingStep, all_hold, embed, estimator, processor
from pushtrain.workflow import Pipeline, completed, job_result, not_registered, read_metrics, register


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
    asked = Asked(pipeline, name)
    step = ProcessingStep(
        name,
        processor(pipeline, name),
        job_name=asked.job_name,
        inputs=asked.inputs,
        outputs=asked.outputs,
        container_entrypoint=asked.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=asked.request["AppSpecification"].get("ContainerArguments"),
        parameters=dict(pipeline.config.steps[name].sagemaker),
        partition=pipeline.platform.partition,
        **outcome(asked),
    )
    return Chain([step, embed(completed(name))])


def train(pipeline: Pipeline) -> Chain:
    """The training job, and on only if it completed."""
    asked = Asked(pipeline, "train")
    step = TrainingStep(
        "train",
        estimator(pipeline),
        job_name=asked.job_name,
        data=asked.channels,
        hyperparameters=asked.request["HyperParameters"],
        code=asked.code,
        output_data_config_path=asked.request["OutputDataConfig"]["S3OutputPath"],
        parameters=pipeline.config.train.sagemaker,
        partition=pipeline.platform.partition,
        **outcome(asked),
    )
    return Chain([step, embed(completed("train"))])


def gate(pipeline: Pipeline) -> Chain:
    """Register the model if every condition holds."""
    registered = embed(register(pipeline))
    if not pipeline.conditions:
        return registered
    choice = Choice("gate")
    choice.add_choice(all_hold(pipeline.conditions), registered)
    choice.default_choice(embed(not_registered(pipeline)))
    return Chain([choice])


def outcome(asked: Asked) -> dict[str, object]:
    """Try again what AWS refused for a moment; keep name, status and ARN of the job as `$.jobs.<step>`."""
    return {"retry": API_RETRY, "result_selector": job_result(asked.kind), "result_path": f"$.jobs.{asked.step}"}
