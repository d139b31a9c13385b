"""What pushtrain decides about a job, in the SDKs' words: names, addresses, tags, network, keys. Pure.

In: a Pipeline and a step. Out: values for the arguments of processors, estimators and steps, read from the request
that pushtrain itself would write, so that a rule (of names, say) stands in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sagemaker.inputs import TrainingInput
from sagemaker.network import NetworkConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput

from pushtrain.sdk.expression import Expression, wrap_expressions
from pushtrain.workflow import Pipeline
from pushtrain.workflow.runtime_values import CODE
from pushtrain.workflow.script_mode import CODE_CHANNEL


@dataclass(frozen=True)
class JobRequest:
    """One step's job as pushtrain would ask SageMaker for it."""

    pipeline: Pipeline
    step: str

    @cached_property
    def _kind_and_request(self) -> tuple[str, dict[str, Any]]:
        kind, request = self.pipeline.build_request(self.step)
        return kind, wrap_expressions(request)

    @property
    def kind(self) -> str:
        """`Processing` or `Training`."""
        return self._kind_and_request[0]

    @property
    def request(self) -> dict[str, Any]:
        """The whole request; what is known only at run time is an Expression."""
        return self._kind_and_request[1]

    @property
    def job_name(self) -> Expression:
        """New for each run, redrive and retry: SageMaker takes a job's name once."""
        name: Expression = self.request[f"{self.kind}JobName"]
        return name

    @property
    def inputs(self) -> list[ProcessingInput]:
        """What a processing job reads: code, data, outputs of earlier jobs."""
        return [_input(each["InputName"], each["S3Input"]) for each in self.request["ProcessingInputs"]]

    @property
    def outputs(self) -> list[ProcessingOutput]:
        """What a processing job writes."""
        return [
            ProcessingOutput(
                output_name=each["OutputName"],
                source=each["S3Output"]["LocalPath"],
                destination=each["S3Output"]["S3Uri"],
                s3_upload_mode=each["S3Output"]["S3UploadMode"],
            )
            for each in self.request["ProcessingOutputConfig"]["Outputs"]
        ]

    @property
    def channels(self) -> dict[str, TrainingInput] | None:
        """What a training job reads; the code of an isolated one is a channel that the estimator adds."""
        uris = {
            each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"]
            for each in self.request.get("InputDataConfig", ())
        }
        return {name: TrainingInput(uri) for name, uri in uris.items() if name != CODE_CHANNEL} or None

    @property
    def code(self) -> Expression:
        """Where the code of a run lies: which one is said by the run's input, not by the definition."""
        return Expression(CODE)

    @property
    def network(self) -> NetworkConfig | None:
        """A processing job's network: the platform's, or the stricter one of config.yaml."""
        asked = self.request.get("NetworkConfig")
        if asked is None:
            return None
        vpc = asked.get("VpcConfig", {})
        return NetworkConfig(
            enable_network_isolation=asked.get("EnableNetworkIsolation"),
            encrypt_inter_container_traffic=asked.get("EnableInterContainerTrafficEncryption"),
            security_group_ids=vpc.get("SecurityGroupIds"),
            subnets=vpc.get("Subnets"),
        )


def _input(name: str, s3: dict[str, Any]) -> ProcessingInput:
    return ProcessingInput(
        input_name=name,
        source=s3["S3Uri"],
        destination=s3["LocalPath"],
        s3_data_type=s3["S3DataType"],
        s3_input_mode=s3["S3InputMode"],
        s3_data_distribution_type=s3["S3DataDistributionType"],
    )
