"""A processing job's side of the container contract: inputs in, the command as given, outputs out.

In: a CreateProcessingJob request. Out: the job's folder filled, what to run, the output folders' files in S3.
Source: "Build Your Own Processing Container" of the AWS documentation and the API shape CreateProcessingJobRequest.
Not on this machine, and refused: ManifestFile, Pipe, Gzip, DatasetDefinition, feature groups, sharding over several
hosts.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pushtrain.local.container import archives, hardcoded, transfer
from pushtrain.local.container.contract import Context, Findings, JobError, Launch, Status

HOME = "/opt/ml/processing"
MESSAGE_BYTES = 1024
CODE = "code"  # the name of the input that brings the script, as the SageMaker SDK names it too
ARCHIVE = "sourcedir.tar.gz"
REQUIREMENTS = "requirements.txt"
SUPPORTED = {
    "S3DataType": {"S3Prefix"},
    "S3InputMode": {"File"},
    "S3CompressionType": {"None"},
}


class Processing:
    """One processing job; see `contract.Contract` for the order of calls."""

    def __init__(self, context: Context) -> None:
        self._context, request = context, context.request
        self._request = request
        self.name = str(request["ProcessingJobName"])
        self._app: Mapping[str, Any] = request["AppSpecification"]
        self._cluster: Mapping[str, Any] = (request.get("ProcessingResources") or {}).get("ClusterConfig") or {}
        self._inputs: list[Mapping[str, Any]] = list(request.get("ProcessingInputs") or ())
        outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
        self._outputs: list[Mapping[str, Any]] = list(outputs)
        self.image = str(self._app["ImageUri"])
        self.seconds: float | None = (request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
        self.metrics: tuple[tuple[str, str], ...] = ()

    def prepare(self) -> str | None:
        """Configuration, inputs and empty output folders into the job's folder."""
        self._context.folder(HOME)
        self._context.folder("/opt/ml/output")
        for item in self._inputs:
            self._fetch(item)
        for item in self._outputs:
            self._context.folder(self._stored(item)["LocalPath"])
        arn = self._context.arn("processing", self.name)
        self._context.write_json("/opt/ml/config/processingjobconfig.json", {"ProcessingJobArn": arn, **self._request})
        self._context.write_json("/opt/ml/config/resourceconfig.json", self._context.resources(self._cluster))
        code = next((item["S3Input"]["LocalPath"] for item in self._inputs if item["InputName"] == CODE), None)
        return self._examine(self._context.place(code)) if code else None

    def launch(self, python: Path) -> Launch:
        """Entrypoint and arguments as given. AWS starts them in the image's own working folder, here in HOME."""
        network = self._request.get("NetworkConfig") or {}
        environment = self._context.environment(python, isolated=bool(network.get("EnableNetworkIsolation")))
        return Launch(argv=self._command(), cwd=HOME, environment=environment)

    def collect(self, status: Status) -> Findings:
        """Outputs of a completed job (Continuous ones too: here they are stored once, at the end).

        What AWS stores at the end of a failed or stopped job is not documented; here nothing.
        """
        message = self._message()
        for item in self._outputs if status == "Completed" else ():
            output = self._stored(item)
            place = self._context.place(output["LocalPath"])
            if not any(place.rglob("*")):
                self._context.note(f"the script wrote nothing to {output['LocalPath']}")
            transfer.upload(self._context.s3, place, output["S3Uri"])
        return Findings(exit_message=message)

    def _command(self) -> tuple[str, ...]:
        entrypoint = self._app.get("ContainerEntrypoint")
        if not entrypoint:
            raise JobError(
                f"ClientError: the image {self.image!r} brings its own program, which a local run cannot start; "
                "give AppSpecification.ContainerEntrypoint"
            )
        return (*entrypoint, *(self._app.get("ContainerArguments") or ()))

    def _examine(self, code: Path) -> str | None:
        """The text of requirements.txt beside the script, or in the archive that the script is unpacked from."""
        if self._context.sandbox.strategy == "paths" and (
            found := hardcoded.find_hardcoded_path(self._command(), code)
        ):
            raise JobError(f"ClientError: {found}")
        if (code / REQUIREMENTS).is_file():
            return (code / REQUIREMENTS).read_text("utf-8-sig", "replace")
        return archives.read_member(code / ARCHIVE, REQUIREMENTS) if (code / ARCHIVE).is_file() else None

    def _fetch(self, item: Mapping[str, Any]) -> None:
        name, source = item.get("InputName", ""), item.get("S3Input")
        if source is None or item.get("AppManaged"):
            raise JobError(f"ClientError: input {name}: a local run reads from S3 only, and not AppManaged")
        for key, values in SUPPORTED.items():
            if source.get(key) and source[key] not in values:
                raise JobError(f"ClientError: input {name}: {key} {source[key]} does not exist in a local run")
        hosts = self._cluster.get("InstanceCount", 1)
        if source.get("S3DataDistributionType") == "ShardedByS3Key" and hosts > 1:
            raise JobError(f"ClientError: input {name}: ShardedByS3Key over several instances is not local")
        transfer.download(self._context.s3, source["S3Uri"], self._context.folder(source["LocalPath"]))

    def _stored(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        output: Mapping[str, Any] | None = item.get("S3Output")
        if output is None or item.get("AppManaged"):
            raise JobError(f"ClientError: output {item.get('OutputName', '')}: a local run writes to S3 only")
        return output

    def _message(self) -> str | None:
        """The first 1024 bytes of /opt/ml/output/message. AWS fails a job whose message is not UTF-8."""
        file = self._context.place("/opt/ml/output/message")
        if not file.is_file():
            return None
        with file.open("rb") as content:
            head = content.read(MESSAGE_BYTES)
        try:
            return codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < MESSAGE_BYTES)
        except UnicodeDecodeError:
            raise JobError("ClientError: /opt/ml/output/message is not UTF-8") from None
