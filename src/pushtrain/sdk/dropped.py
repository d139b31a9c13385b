"""What an estimator holds and the original TrainingStep leaves out of CreateTrainingJob. Pure.

Source: `sagemaker.estimator._TrainingJob._get_train_args`, what `fit` sends, beside `sagemaker.workflow.airflow`, from
which TrainingStep writes its request.
"""

from __future__ import annotations

from typing import Any

from sagemaker.estimator import EstimatorBase

CHECKPOINTS = "/opt/ml/checkpoints"  # CheckpointConfig.LocalPath: SageMaker's own default


def read_missing_members(estimator: EstimatorBase) -> dict[str, Any]:
    """Members of CreateTrainingJob, those that the estimator says nothing of left out."""
    attempts, check = estimator.max_retry_attempts, estimator.enable_infra_check
    held = {
        "Environment": estimator.environment,
        "RetryStrategy": {"MaximumRetryAttempts": attempts} if attempts else None,
        "EnableNetworkIsolation": estimator.enable_network_isolation(),
        "EnableInterContainerTrafficEncryption": estimator.encrypt_inter_container_traffic,
        "CheckpointConfig": _checkpoint(estimator),
        "AlgorithmSpecification": _container(estimator),
        "RemoteDebugConfig": estimator.get_remote_debug_config(),
        "SessionChainingConfig": estimator.get_session_chaining_config(),
        "InfraCheckConfig": None if check is None else {"EnableInfraCheck": check},
        "ProfilerConfig": _profiler(estimator),
        "ProfilerRuleConfigurations": estimator.profiler_rule_configs,
        "TensorBoardOutputConfig": _written(estimator.tensorboard_output_config),
    }
    return {name: value for name, value in held.items() if value}


def _checkpoint(estimator: EstimatorBase) -> dict[str, str] | None:
    """TrainingStep keeps a checkpoint only where its folder is said too."""
    if estimator.checkpoint_s3_uri is None:
        return None
    return {"S3Uri": estimator.checkpoint_s3_uri, "LocalPath": estimator.checkpoint_local_path or CHECKPOINTS}


def _container(estimator: EstimatorBase) -> dict[str, Any]:
    """Members inside AlgorithmSpecification, among them how to log in to a registry that is not ECR."""
    access = estimator.training_repository_access_mode
    credentials = estimator.training_repository_credentials_provider_arn
    login = {"TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": credentials}}
    held = {
        "ContainerEntrypoint": estimator.container_entry_point,
        "ContainerArguments": estimator.container_arguments,
        "EnableSageMakerMetricsTimeSeries": estimator.enable_sagemaker_metrics,
        "TrainingImageConfig": {"TrainingRepositoryAccessMode": access} | (login if credentials else {})
        if access
        else None,
    }
    return {name: value for name, value in held.items() if value is not None}


def _profiler(estimator: EstimatorBase) -> dict[str, Any] | None:
    """A profiler that is only switched off is not spoken of, as in TrainingStep and in pushtrain's own requests."""
    config = estimator.profiler_config
    return None if config is None or config.disable_profiler else _written(config)


def _written(part: Any) -> dict[str, Any] | None:
    """The SDK's own small objects write themselves."""
    return part._to_request_dict() if part else None
