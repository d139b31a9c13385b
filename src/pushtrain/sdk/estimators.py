"""Estimators and processors of the SageMaker SDK for config.yaml's `framework` or `image`. Pure.

Images come from pushtrain's catalog, as `image_uri`: without it the classes refuse instance types that are newer than
they are, and sklearn on a GPU instance. The estimators do not get `distribution`, for the same reason (they have tables
of instance types and versions). `TrainingStep` writes its hyperparameters with the others.
"""

from __future__ import annotations

from typing import Any

from sagemaker.estimator import EstimatorBase
from sagemaker.processing import Processor

from pushtrain.catalog import images
from pushtrain.config import StepSettings, Train
from pushtrain.config.candidates import find_step_path
from pushtrain.config.issue import format_key_path
from pushtrain.errors import TemplateError
from pushtrain.layout import SOURCE_ARCHIVE, build_uri
from pushtrain.sdk.job_request import JobRequest
from pushtrain.sdk.session import OfflineSession
from pushtrain.workflow import Pipeline
from pushtrain.workflow.script_mode import build_environment, find_program
from pushtrain.workflow.security import find_job_role

# With a source_dir in S3 the classes upload nothing. Nothing reads this URI: the execution input has that of the code.
CODE = build_uri("code-of-the-run", SOURCE_ARCHIVE)


def build_estimator(pipeline: Pipeline, name: str) -> EstimatorBase:
    """Return the estimator of a training step: that of its framework, such as SKLearn, or Estimator for an image."""
    planned, request = pipeline.find_step(name), JobRequest(pipeline, name).request
    step = planned.settings
    assert isinstance(step, Train)  # noqa: S101 - a training step has these settings
    checkpoint = request.get("CheckpointConfig", {})
    vpc = request.get("VpcConfig", {})
    code = {"entry_point": find_program(planned), "source_dir": CODE} if step.has_script else {}
    return _build_framework_estimator(
        step,
        **code,
        image_uri=request["AlgorithmSpecification"]["TrainingImage"],
        role=find_job_role(pipeline.config, pipeline.platform),
        instance_type=_find_instance(pipeline, name),
        instance_count=step.instances,
        volume_size=step.volume,
        volume_kms_key=request["ResourceConfig"].get("VolumeKmsKeyId"),
        keep_alive_period_in_seconds=step.keep_alive,
        max_run=step.max_runtime,
        use_spot_instances=step.spot,
        max_wait=step.max_wait,
        max_retry_attempts=step.retries,
        checkpoint_s3_uri=checkpoint.get("S3Uri"),
        checkpoint_local_path=checkpoint.get("LocalPath"),
        output_path=build_uri(
            pipeline.platform.artifact_bucket, ""
        ),  # only parsed; TrainingStep gets the run's own URI
        output_kms_key=request["OutputDataConfig"].get("KmsKeyId"),
        subnets=vpc.get("Subnets"),
        security_group_ids=vpc.get("SecurityGroupIds"),
        enable_network_isolation=request.get("EnableNetworkIsolation", False),
        encrypt_inter_container_traffic=request.get("EnableInterContainerTrafficEncryption", False),
        metric_definitions=request["AlgorithmSpecification"].get("MetricDefinitions"),
        environment=build_environment(planned, pipeline.platform),
        tags=request["Tags"],
        debugger_hook_config=False,  # config.yaml's `sagemaker:` can switch on debugger and profiler
        disable_profiler=True,
        enable_sagemaker_metrics=None,  # some classes switch it on by default
        sagemaker_session=OfflineSession(pipeline.platform),
    )


def build_processor(pipeline: Pipeline, name: str) -> Processor:
    """Return the processor of a processing step: that of the framework, or Processor for an image."""
    step, request = pipeline.find_step(name).settings, JobRequest(pipeline, name).request
    return _build_framework_processor(
        step,
        image_uri=request["AppSpecification"]["ImageUri"],
        role=find_job_role(pipeline.config, pipeline.platform),
        instance_type=_find_instance(pipeline, name),
        instance_count=step.instances,
        volume_size_in_gb=step.volume,
        volume_kms_key=request["ProcessingResources"]["ClusterConfig"].get("VolumeKmsKeyId"),
        output_kms_key=request["ProcessingOutputConfig"].get("KmsKeyId"),
        max_runtime_in_seconds=step.max_runtime,
        env=request["Environment"],
        tags=request["Tags"],
        network_config=JobRequest(pipeline, name).network,
        sagemaker_session=OfflineSession(pipeline.platform),
    )


def _find_instance(pipeline: Pipeline, name: str) -> str:
    """Return the instance type of a step. Raises TemplateError if it has several: the SDK's classes take one."""
    step = pipeline.find_step(name).settings
    if len(step.instance_types) > 1:
        raise TemplateError(
            "the SageMaker SDK, with which this template is written, takes one instance type for a job. "
            f"Write `instance: {step.instance}`, or use `template: train`",
            key=f"{format_key_path(find_step_path(pipeline.config, name))}.instance",
        )
    return step.instance


def _build_framework_estimator(step: StepSettings, **arguments: Any) -> EstimatorBase:
    """Return the estimator of the step's framework. Only its class is imported: all together take half a second."""
    match _find_name_and_version(step) if step.has_script else ("", ""):
        case "sklearn", _ if step.instances == 1:  # SKLearn refuses more
            from sagemaker.sklearn import SKLearn  # noqa: PLC0415

            return SKLearn(**arguments)
        case "xgboost", version:
            from sagemaker.xgboost import XGBoost  # noqa: PLC0415

            return XGBoost(framework_version=version, **arguments)
        case "pytorch", _:
            from sagemaker.pytorch import PyTorch  # noqa: PLC0415

            return PyTorch(**arguments)
        case "tensorflow", _:
            from sagemaker.tensorflow import TensorFlow  # noqa: PLC0415

            return TensorFlow(
                model_dir=False, **arguments
            )  # the script writes to SM_MODEL_DIR, as with every framework
        case "huggingface", _:
            from sagemaker.huggingface import HuggingFace  # noqa: PLC0415

            return HuggingFace(py_version="py3", **arguments)  # the SDK reads it only if no image is given
    from sagemaker.estimator import Estimator  # noqa: PLC0415

    return Estimator(**arguments)


def _build_framework_processor(step: StepSettings, **arguments: Any) -> Processor:
    match _find_name_and_version(step):
        case "xgboost", version:
            from sagemaker.xgboost import XGBoostProcessor  # noqa: PLC0415

            return XGBoostProcessor(framework_version=version, **arguments)
        case "pytorch", version:
            from sagemaker.pytorch import PyTorchProcessor  # noqa: PLC0415

            return PyTorchProcessor(framework_version=version, **arguments)
        case "tensorflow", version:
            from sagemaker.tensorflow import TensorFlowProcessor  # noqa: PLC0415

            return TensorFlowProcessor(framework_version=version, **arguments)
        case "huggingface", version:
            from sagemaker.huggingface import HuggingFaceProcessor  # noqa: PLC0415

            return HuggingFaceProcessor(transformers_version=version, **arguments)
    # SKLearnProcessor does not take an image but looks up its own, so sklearn is a Processor with the catalog's image.
    return Processor(**arguments)


def _find_name_and_version(step: StepSettings) -> tuple[str, str]:
    if step.image:
        return "", ""
    framework = images.resolve_framework(step.framework or "")
    return framework.name, framework.version
