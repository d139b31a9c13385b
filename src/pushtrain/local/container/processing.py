"""The container contract of a processing job: fetch the inputs, run the requested command, upload the outputs.

In: a CreateProcessingJob request. Out: a filled job folder, the command to run, the files of the output folders in S3.
Source: "Build Your Own Processing Container" of the AWS documentation and the API shape CreateProcessingJobRequest.
Refused because they do not work on this computer: ManifestFile, Pipe, Gzip, DatasetDefinition, feature groups, sharding
over several hosts.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.layout import SOURCE_ARCHIVE
from pushtrain.local.container import archives, hardcoded, transfer
from pushtrain.local.container.contract import (
    CONTAINER_ROOT,
    ContainerCommand,
    JobContext,
    JobError,
    JobOutputs,
    PythonNeeds,
    Status,
)
from pushtrain.local.container.imports import list_modules
from pushtrain.local.container.requirements import find_requirements, read_requirements

HOME = "/opt/ml/processing"
MESSAGE_BYTES = 1024
CODE = "code"  # the name of the input with the script, as in the SageMaker SDK
SUPPORTED = {
    "S3DataType": {"S3Prefix"},
    "S3InputMode": {"File"},
    "S3CompressionType": {"None"},
}


class Processing:
    """One processing job. See `contract.Contract` for the order of calls."""

    def __init__(self, context: JobContext) -> None:
        self._context, request = context, context.request
        self._request = request
        self.name = str(request[PROCESSING.name_member])
        self._app: Mapping[str, Any] = request["AppSpecification"]
        self._cluster: Mapping[str, Any] = (request.get("ProcessingResources") or {}).get("ClusterConfig") or {}
        self._inputs: list[Mapping[str, Any]] = list(request.get("ProcessingInputs") or ())
        outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
        self._outputs: list[Mapping[str, Any]] = list(outputs)
        self.image = str(self._app["ImageUri"])
        self.seconds: float | None = (request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
        self.metrics: tuple[tuple[str, str], ...] = ()

    def prepare(self) -> PythonNeeds:
        """Write configuration, inputs and empty output folders into the job's folder."""
        self._context.create_folder(HOME)
        self._context.create_folder("/opt/ml/output")
        for processing_input in sorted(self._inputs, key=_find_path):  # an outer folder before those inside it
            self._fetch(processing_input)
        for processing_output in self._outputs:
            self._create_empty_folder(_read_s3_output(processing_output)["LocalPath"], processing_output["OutputName"])
        arn = self._context.build_arn(PROCESSING, self.name)
        resources = self._context.build_resource_config(self._cluster)
        self._context.write_json(
            "/opt/ml/config/processingjobconfig.json", {PROCESSING.arn_member: arn, **self._request}
        )
        self._context.write_json("/opt/ml/config/resourceconfig.json", resources)
        code = (source["S3Input"]["LocalPath"] for source in self._inputs if source["InputName"] == CODE)
        return next((self._read_needs(path) for path in code), PythonNeeds())

    def build_command(self, python: Path) -> ContainerCommand:
        """Return the requested entrypoint and arguments. AWS runs them in the image's working folder, commonly `/`."""
        network = self._request.get("NetworkConfig") or {}
        environment = self._context.build_environment(python, isolated=bool(network.get("EnableNetworkIsolation")))
        return ContainerCommand(argv=self._build_argv(), cwd=CONTAINER_ROOT, environment=environment)

    def collect(self, status: Status) -> JobOutputs:
        """Upload the outputs of a completed job. Continuous outputs too are uploaded once, at the end.

        AWS does not document what it stores after a failed or stopped job. Here nothing is uploaded then.
        """
        message = self._read_exit_message()
        for processing_output in self._outputs if status == "Completed" else ():
            output = _read_s3_output(processing_output)
            folder = self._context.local_path(output["LocalPath"])
            if not any(folder.rglob("*")):
                self._context.note(f"the script wrote nothing to {output['LocalPath']}")
            transfer.upload_folder(self._context.s3, folder, output["S3Uri"])
        return JobOutputs(exit_message=message)

    def _build_argv(self) -> tuple[str, ...]:
        entrypoint = self._app.get("ContainerEntrypoint")
        if not entrypoint:
            raise JobError(
                f"ClientError: the image {self.image!r} brings its own program, which a local run cannot start; "
                "give AppSpecification.ContainerEntrypoint"
            )
        return (*entrypoint, *(self._app.get("ContainerArguments") or ()))

    def _read_needs(self, path: str) -> PythonNeeds:
        """Return the requirements.txt beside the script, else the one at the root of the code in the folder `path`.

        The code is unpacked there if it is an archive, as the entrypoint does later. Raises JobError if the script
        contains a path that this sandbox cannot provide.
        """
        code = self._context.local_path(path)
        if self._context.sandbox.strategy == "paths":
            message = hardcoded.find_hardcoded_path(self._build_argv(), code)
            if message:
                raise JobError(f"ClientError: {message}")
        if (code / SOURCE_ARCHIVE).is_file():
            archives.unpack(code / SOURCE_ARCHIVE, code)
        names = {file.relative_to(code).as_posix() for file in code.rglob("*") if file.is_file()}
        arguments = (argument.removeprefix(f"{path.rstrip('/')}/") for argument in self._build_argv())
        script = next((argument for argument in arguments if argument in names), "")
        requirements = find_requirements(code, script)
        files = (read_requirements(code, requirements),) if requirements else ()
        return PythonNeeds(requirements=files, modules=list_modules(code, script))

    def _fetch(self, processing_input: Mapping[str, Any]) -> None:
        name, source = processing_input.get("InputName", ""), processing_input.get("S3Input")
        if source is None or processing_input.get("AppManaged"):
            raise JobError(f"ClientError: input {name}: a local run reads from S3 only, and not AppManaged")
        for key, values in SUPPORTED.items():
            if source.get(key) and source[key] not in values:
                raise JobError(f"ClientError: input {name}: {key} {source[key]} does not work in a local run")
        hosts = self._cluster.get("InstanceCount", 1)
        if source.get("S3DataDistributionType") == "ShardedByS3Key" and hosts > 1:
            raise JobError(
                f"ClientError: input {name}: ShardedByS3Key over several instances does not work in a local run"
            )
        folder = self._create_empty_folder(source["LocalPath"], name)
        self._report_nesting(name, source["LocalPath"])
        transfer.download_prefix(self._context.s3, source["S3Uri"], folder)

    def _create_empty_folder(self, path: str, name: str) -> Path:
        """Create the folder of an input or output. Raises JobError if an input around it has files in it."""
        folder = self._context.create_folder(path)
        if any(folder.iterdir()):
            raise JobError(f"ClientError: {name}: {path} already holds files of an input. Give {name} another path")
        return folder

    def _report_nesting(self, name: str, path: str) -> None:
        """Write a line about an input inside another. AWS documents no rule; code inside data is common and works."""
        for outer in self._inputs:
            if name != CODE and PurePosixPath(path).is_relative_to(_find_path(outer)) and outer["InputName"] != name:
                self._context.note(
                    f"input {name} lies inside input {outer['InputName']}. AWS does not document whether it accepts "
                    "that: `pushtrain push --wait` to a dev environment shows it"
                )

    def _read_exit_message(self) -> str | None:
        """Return the first 1024 bytes of /opt/ml/output/message. As on AWS, the job fails if they are not UTF-8."""
        file = self._context.local_path("/opt/ml/output/message")
        if not file.is_file():
            return None
        with file.open("rb") as content:
            head = content.read(MESSAGE_BYTES)
        try:
            return codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < MESSAGE_BYTES)
        except UnicodeDecodeError:
            raise JobError("ClientError: /opt/ml/output/message is not UTF-8") from None


def _find_path(processing_input: Mapping[str, Any]) -> str:
    """Return the folder of an input; empty if it does not come from S3."""
    return str((processing_input.get("S3Input") or {}).get("LocalPath", ""))


def _read_s3_output(processing_output: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the S3Output of an output. Raises JobError if it has none."""
    output: Mapping[str, Any] | None = processing_output.get("S3Output")
    if output is None or processing_output.get("AppManaged"):
        name = processing_output.get("OutputName", "")
        raise JobError(f"ClientError: output {name}: a local run writes to S3 only")
    return output
