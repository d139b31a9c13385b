"""Settings of an estimator that the original TrainingStep leaves out of its CreateTrainingJob request. Pure.

Source: `sagemaker.estimator._TrainingJob._get_train_args`, which builds the request of `fit`, compared with
`sagemaker.workflow.airflow`, which builds that of TrainingStep.
"""

from __future__ import annotations

from typing import Any

from sagemaker.estimator import EstimatorBase

CHECKPOINTS = "/opt/ml/checkpoints"  # CheckpointConfig.LocalPath: SageMaker's own default


def read_missing_members(estimator: EstimatorBase) -> dict[str, Any]:
    """Return these members of the CreateTrainingJob request, without those that the estimator does not set."""
    attempts, check = estimator.max_retry_attempts, estimator.enable_infra_check
    members = {
        "Environment": estimator.environment,
        "RetryStrategy": {"MaximumRetryAttempts": attempts} if attempts else None,
        "EnableNetworkIsolation": estimator.enable_network_isolation(),
        "EnableInterContainerTrafficEncryption": estimator.encrypt_inter_container_traffic,
        "CheckpointConfig": _build_checkpoint(estimator),
        "AlgorithmSpecification": _build_container(estimator),
        "RemoteDebugConfig": estimator.get_remote_debug_config(),
        "SessionChainingConfig": estimator.get_session_chaining_config(),
        "InfraCheckConfig": None if check is None else {"EnableInfraCheck": check},
        "ProfilerConfig": _build_profiler(estimator),
        "ProfilerRuleConfigurations": estimator.profiler_rule_configs,
        "TensorBoardOutputConfig": _to_request(estimator.tensorboard_output_config),
    }
    return {name: value for name, value in members.items() if value}


def _build_checkpoint(estimator: EstimatorBase) -> dict[str, str] | None:
    """Return the CheckpointConfig. The original leaves it out unless the estimator names a local folder."""
    if estimator.checkpoint_s3_uri is None:
        return None
    return {"S3Uri": estimator.checkpoint_s3_uri, "LocalPath": estimator.checkpoint_local_path or CHECKPOINTS}


def _build_container(estimator: EstimatorBase) -> dict[str, Any]:
    """Return members of AlgorithmSpecification, such as the credentials of a registry that is not ECR."""
    access = estimator.training_repository_access_mode
    credentials = estimator.training_repository_credentials_provider_arn
    login = {"TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": credentials}}
    members = {
        "ContainerEntrypoint": estimator.container_entry_point,
        "ContainerArguments": estimator.container_arguments,
        "EnableSageMakerMetricsTimeSeries": estimator.enable_sagemaker_metrics,
        "TrainingImageConfig": {"TrainingRepositoryAccessMode": access} | (login if credentials else {})
        if access
        else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _build_profiler(estimator: EstimatorBase) -> dict[str, Any] | None:
    """Return the ProfilerConfig, None if the profiler is off, as in TrainingStep and in pushtrain's own requests."""
    config = estimator.profiler_config
    return None if config is None or config.disable_profiler else _to_request(config)


def _to_request(part: Any) -> dict[str, Any] | None:
    """Return an object of the SDK as members of a request."""
    return part._to_request_dict() if part else None
