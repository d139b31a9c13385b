"""A job's request as pushtrain would write it, in the types of the SDKs: names, S3 URIs, tags, network, keys. Pure.

In: a Pipeline and a step. Out: arguments for processors, estimators and steps. They are read from pushtrain's own
request, so that each rule, such as that of job names, stands in one place.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from msgspec import Struct
from sagemaker.inputs import TrainingInput
from sagemaker.network import NetworkConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput

from pushtrain.catalog.job_kind import JobKind
from pushtrain.sdk.expression import Expression, wrap_expressions
from pushtrain.workflow import Pipeline
from pushtrain.workflow.capacity import WaitLoop
from pushtrain.workflow.runtime_values import CODE
from pushtrain.workflow.script_mode import CODE_CHANNEL


class JobRequest(Struct, frozen=True, dict=True):
    """The request of one step's job. `step` is its name in config.yaml: `train`.

    `loop` is the one that `wait_for_capacity` puts around the job: `pipeline.find_wait_loop(step)`. Without it, the job
    waits for its quota only.
    """

    pipeline: Pipeline
    step: str
    loop: WaitLoop | None = None

    @cached_property
    def _kind_and_request(self) -> tuple[JobKind, dict[str, Any]]:
        kind, request = self.pipeline.build_request(self.step, self.loop)
        return kind, wrap_expressions(request)

    @property
    def kind(self) -> str:
        """`Processing` or `Training`."""
        return self._kind_and_request[0].aws_name

    @property
    def request(self) -> dict[str, Any]:
        """The complete request. Values that exist only at run time are Expressions."""
        return self._kind_and_request[1]

    @property
    def job_name(self) -> Expression:
        """The job's name. It differs for each run, redrive and wait: SageMaker accepts a name only once."""
        name: Expression = self.request[self._kind_and_request[0].name_member]
        return name

    @property
    def inputs(self) -> list[ProcessingInput]:
        """The inputs of a processing job: code, data, outputs of earlier jobs."""
        return [_build_input(member["InputName"], member["S3Input"]) for member in self.request["ProcessingInputs"]]

    @property
    def outputs(self) -> list[ProcessingOutput]:
        """The outputs of a processing job."""
        return [
            ProcessingOutput(
                output_name=output["OutputName"],
                source=output["S3Output"]["LocalPath"],
                destination=output["S3Output"]["S3Uri"],
                s3_upload_mode=output["S3Output"]["S3UploadMode"],
            )
            for output in self.request["ProcessingOutputConfig"]["Outputs"]
        ]

    @property
    def channels(self) -> dict[str, TrainingInput] | None:
        """The input channels of a training job, without the code's: the estimator of an isolated job adds that one."""
        channels = {
            channel["ChannelName"]: TrainingInput(
                channel["DataSource"]["S3DataSource"]["S3Uri"], content_type=channel.get("ContentType")
            )
            for channel in self.request.get("InputDataConfig", ())
        }
        return {name: channel for name, channel in channels.items() if name != CODE_CHANNEL} or None

    @property
    def code(self) -> Expression:
        """The S3 URI of the run's code. It is in the execution input, not in the definition."""
        return Expression(CODE)

    @property
    def network(self) -> NetworkConfig | None:
        """The network of a processing job: the stricter one of platform and config.yaml, None if neither sets any."""
        network = self.request.get("NetworkConfig")
        if network is None:
            return None
        vpc = network.get("VpcConfig", {})
        return NetworkConfig(
            enable_network_isolation=network.get("EnableNetworkIsolation"),
            encrypt_inter_container_traffic=network.get("EnableInterContainerTrafficEncryption"),
            security_group_ids=vpc.get("SecurityGroupIds"),
            subnets=vpc.get("Subnets"),
        )


def _build_input(name: str, s3: dict[str, Any]) -> ProcessingInput:
    return ProcessingInput(
        input_name=name,
        source=s3["S3Uri"],
        destination=s3["LocalPath"],
        s3_data_type=s3["S3DataType"],
        s3_input_mode=s3["S3InputMode"],
        s3_data_distribution_type=s3["S3DataDistributionType"],
    )
