"""The container contract of a training job: fetch the channels, run the script with SM_* variables, upload the model.

In: a CreateTrainingJob request. Out: a filled job folder, the command to run, model.tar.gz and output.tar.gz in S3.
Source: "How SageMaker AI runs your training image" of the AWS documentation, and the sagemaker-training toolkit.
Refused because they do not work on this computer: ManifestFile, Pipe, Gzip and RecordIO channels, file systems,
sharding over several hosts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.layout import SOURCE_ARCHIVE, START_FILE
from pushtrain.local.container import archives, hardcoded, toolkit, transfer
from pushtrain.local.container.algorithms import MODULES, build_algorithm_command, explain_no_algorithm
from pushtrain.local.container.contract import (
    CONTAINER_ROOT,
    ContainerCommand,
    JobContext,
    JobError,
    JobOutputs,
    PythonNeeds,
    Status,
)
from pushtrain.local.container.script_needs import read_training_needs
from pushtrain.workflow.script_mode import SCRIPT_VARIABLE

CODE = "/opt/ml/code"
DATA = "/opt/ml/input/data"
FAILURE_LENGTH = 1024  # characters
SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The supported values of these keys. Any other value is refused.
SUPPORTED = {
    "S3DataType": {"S3Prefix"},
    "InputMode": {"File", "FastFile"},
    "CompressionType": {"None"},
    "RecordWrapperType": {"None"},
}


class Training:
    """One training job. See `contract.Contract` for the order of calls."""

    def __init__(self, context: JobContext) -> None:
        self._context, request = context, context.request
        self._request = request
        self.name = str(request[TRAINING.name_member])
        self._algorithm: Mapping[str, Any] = request.get("AlgorithmSpecification") or {}
        self._parameters: Mapping[str, str] = request.get("HyperParameters") or {}
        self._decoded = toolkit.decode(self._parameters)
        self._resources: dict[str, Any] = {}
        self.image = str(self._algorithm.get("TrainingImage", ""))
        self.seconds: float | None = (request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
        definitions = self._algorithm.get("MetricDefinitions") or ()
        self.metrics = tuple((definition["Name"], definition["Regex"]) for definition in definitions)

    def prepare(self) -> PythonNeeds:
        """Write configuration, channels, checkpoints and code into the job's folder."""
        for path in (CODE, DATA, "/opt/ml/model", "/opt/ml/output/data", "/opt/ml/output/intermediate"):
            self._context.create_folder(path)
        channels = {channel["ChannelName"]: channel for channel in self._request.get("InputDataConfig") or ()}
        for channel in channels.values():
            self._fetch(channel)
        self._fetch_checkpoints()
        self._resources = self._context.build_resource_config(self._request.get("ResourceConfig") or {})
        self._channels = {name: self._describe(channel) for name, channel in channels.items()}
        config = "/opt/ml/input/config"
        self._context.write_json(f"{config}/hyperparameters.json", dict(self._parameters))
        self._context.write_json(f"{config}/inputdataconfig.json", self._channels)
        self._context.write_json(f"{config}/resourceconfig.json", self._resources)
        self._fetch_code()
        return self._read_needs()

    def build_command(self, python: Path) -> ContainerCommand:
        """Return the ContainerEntrypoint if the request has one, else the script as the toolkit starts it."""
        isolated = bool(self._request.get("EnableNetworkIsolation"))
        environment = self._context.build_environment(python, isolated=isolated)
        environment |= {
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self._context.build_arn(TRAINING, self.name),
        }
        if entrypoint := self._algorithm.get("ContainerEntrypoint"):
            arguments = self._algorithm.get("ContainerArguments") or ()
            return ContainerCommand(argv=(*entrypoint, *arguments), cwd=CONTAINER_ROOT, environment=environment)
        if not self._has_program:
            return ContainerCommand(
                argv=self._build_algorithm_argv(python), cwd=CONTAINER_ROOT, environment=environment
            )
        variables = self._build_script_variables()
        # A shell starts the sandbox, and shells drop variables such as SM_HP_LEARNING-RATE. So env(1) sets these later.
        dropped = [f"{name}={value}" for name, value in variables.items() if not SHELL_NAME.fullmatch(name)]
        argv = ("env", *dropped, *self._build_argv(python)) if dropped else self._build_argv(python)
        return ContainerCommand(argv=argv, cwd=CODE, environment=environment | variables)

    def collect(self, status: Status) -> JobOutputs:
        """Upload the checkpoints, and the model unless the job failed. A stopped job may have saved its model.

        AWS does not document what it stores after a failed job. Here it is nothing but the checkpoints.
        """
        if checkpoints := self._find_checkpoints():
            transfer.upload_folder(self._context.s3, self._context.local_path(checkpoints[0]), checkpoints[1])
        if status == "Failed":
            return JobOutputs(failure=self._read_failure())
        return JobOutputs(artifacts=self._upload_outputs(status))

    def _fetch(self, channel: Mapping[str, Any]) -> None:
        name = channel["ChannelName"]
        source = (channel.get("DataSource") or {}).get("S3DataSource")
        if source is None:
            raise JobError(f"ClientError: channel {name}: a local run reads from S3 only (S3DataSource)")
        settings = {"InputMode": self._algorithm.get("TrainingInputMode", "File"), **channel, **source}
        for key, values in SUPPORTED.items():
            if settings.get(key) and settings[key] not in values:
                raise JobError(f"ClientError: channel {name}: {key} {settings[key]} does not work in a local run")
        hosts = (self._request.get("ResourceConfig") or {}).get("InstanceCount", 1)
        if source.get("S3DataDistributionType") == "ShardedByS3Key" and hosts > 1:
            raise JobError(
                f"ClientError: channel {name}: ShardedByS3Key over several instances does not work in a local run"
            )
        transfer.download_prefix(self._context.s3, source["S3Uri"], self._context.create_folder(f"{DATA}/{name}"))

    def _describe(self, channel: Mapping[str, Any]) -> dict[str, str]:
        """Return a channel as inputdataconfig.json describes it."""
        description = {
            "TrainingInputMode": channel.get("InputMode") or self._algorithm.get("TrainingInputMode", "File"),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": "None",
        }
        content_type = channel.get("ContentType")
        return {"ContentType": content_type, **description} if content_type else description

    def _find_checkpoints(self) -> tuple[str, str] | None:
        """Return the container's checkpoint folder and its S3 URI. Default path: API shape CheckpointConfig."""
        config = self._request.get("CheckpointConfig")
        return (config.get("LocalPath") or "/opt/ml/checkpoints", config["S3Uri"]) if config else None

    def _fetch_checkpoints(self) -> None:
        if checkpoints := self._find_checkpoints():
            path, uri = checkpoints
            folder = self._context.create_folder(path)
            transfer.download_prefix(self._context.s3, uri.rstrip("/") + "/", folder, required=False)

    def _read_needs(self) -> PythonNeeds:
        if not self._has_program:
            return PythonNeeds(modules=MODULES)
        program = str(self._decoded.toolkit.get(toolkit.PROGRAM) or "")
        return read_training_needs(self._context.local_path(CODE), self._find_script(), program)

    def _find_script(self) -> str:
        """Return the script that the start file runs; empty if the toolkit runs the script itself."""
        program = str(self._decoded.toolkit.get(toolkit.PROGRAM) or "")
        environment = self._request.get("Environment") or {}
        return str(environment.get(SCRIPT_VARIABLE, "")) if program == START_FILE else ""

    def _fetch_code(self) -> None:
        """Unpack the code from S3, or from a channel: an isolated container has its code there."""
        source = str(self._decoded.toolkit.get(toolkit.SOURCE) or "")
        if not source:
            return
        is_in_channel = source.startswith("/")
        archive = self._context.local_path(source if is_in_channel else f"/opt/ml/input/{SOURCE_ARCHIVE}")
        if not is_in_channel:
            transfer.download_object(self._context.s3, source, archive)
        elif not archive.is_file():
            raise JobError(f"ClientError: {toolkit.SOURCE} is {source!r}, and no channel brought such a file")
        archives.unpack(archive, self._context.local_path(CODE))
        if not is_in_channel:
            archive.unlink()

    @property
    def _has_program(self) -> bool:
        """False if the image brings its own program."""
        return bool(self._decoded.toolkit.get(toolkit.PROGRAM))

    def _build_algorithm_argv(self, python: Path) -> tuple[str, ...]:
        """Return the command that imitates the image's own program. Raises JobError if there is none."""
        argv = build_algorithm_command(self.image, python, self._context.sandbox.root)
        if argv is None:
            raise JobError(f"ClientError: {explain_no_algorithm(self.image)}")
        self._context.note("the open-source library trains in place of the image's own program")
        return argv

    def _build_argv(self, python: Path) -> tuple[str, ...]:
        """Return the command for a package, a Python script or any other program (toolkit: entry_point_type.py)."""
        program = self._find_program()
        arguments = toolkit.build_arguments(self._decoded.user)
        if self._decoded.framework:
            names = ", ".join(sorted(self._decoded.framework))
            self._context.note(f"one process is started; distribution is not imitated ({names})")
        if self._context.local_path(f"{CODE}/setup.py").is_file():
            return (
                str(python),
                "-m",
                program.replace(".py", ""),
                *arguments,
            )  # finds no program in a folder, as on AWS
        if program.endswith(".py"):
            return (str(python), program, *arguments)
        self._context.local_path(f"{CODE}/{program}").chmod(0o755)
        return (f"./{program}", *arguments)

    def _find_program(self) -> str:
        """Return the path of the script below the code folder. Raises JobError if it is not there.

        A script that contains /opt/ml is not refused: in train.py the path is mostly the default of an SM_* variable,
        and these variables are set.
        """
        program = str(self._decoded.toolkit.get(toolkit.PROGRAM) or "")
        if not self._context.local_path(f"{CODE}/{program}").is_file():
            raise JobError(f"ClientError: the script {program!r} is not in {toolkit.SOURCE}")
        if self._context.sandbox.strategy == "paths" and (
            message := hardcoded.find_hardcoded_path([self._find_script() or program], self._context.local_path(CODE))
        ):
            self._context.note(message)
        return program

    def _build_script_variables(self) -> dict[str, str]:
        root = self._context.sandbox.root
        container = toolkit.ContainerFacts(
            root=root,
            cpus=os.cpu_count() or 1,
            gpus=len([device for device in Path("/dev").glob("nvidia[0-9]*") if device.name[6:].isdigit()]),
            resources=self._resources,
            channels=self._channels,
            job_name=self.name,
        )
        framework = toolkit.build_framework_variables(self.image, self._resources)
        return (
            framework
            | toolkit.build_variables(self._parameters, container)
            | {
                "CURRENT_HOST": self._resources["current_host"],
                "PYTHONPATH": f"{root}/code",
                "SAGEMAKER_BASE_DIR": root,
                "SAGEMAKER_JOB_NAME": str(self._decoded.toolkit.get("sagemaker_job_name", self.name)),
                "SAGEMAKER_REGION": str(self._decoded.toolkit.get("sagemaker_region", self._context.region)),
            }
        )

    def _read_failure(self) -> str | None:
        """Return the start of /opt/ml/output/failure, or None if the script did not write it."""
        file = self._context.local_path("/opt/ml/output/failure")
        if not file.is_file():
            return None
        with file.open(encoding="utf-8", errors="replace") as text:
            return text.read(FAILURE_LENGTH).strip() or None

    def _upload_outputs(self, status: Status) -> str:
        """Upload model.tar.gz and output.tar.gz unless they would be empty. Return the model's URI."""
        output = self._request["OutputDataConfig"]
        if output.get("CompressionType", "GZIP") != "GZIP":
            raise JobError("ClientError: OutputDataConfig.CompressionType NONE does not work in a local run")
        prefix = transfer.join_uri(output["S3OutputPath"], self.name, "output")
        self._upload_archive("/opt/ml/output/data", f"{prefix}/output.tar.gz")
        self._note_links()
        if not self._upload_archive("/opt/ml/model", f"{prefix}/model.tar.gz") and status == "Completed":
            self._context.note("the script wrote nothing to /opt/ml/model, so there is no model.tar.gz")
        return f"{prefix}/model.tar.gz"

    def _note_links(self) -> None:
        """Note symbolic links in the model. SageMaker's hosting cannot unpack them.

        Source: AWS knowledge centre, "Why can't I deploy my model": the archive must not contain symbolic links.
        """
        folder = self._context.local_path("/opt/ml/model")
        links = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink())
        if links:
            self._context.note(
                f"the model contains {len(links)} symbolic links, such as {links[0]}: an endpoint cannot unpack them. "
                "Save files, for example with local_dir_use_symlinks=False of huggingface_hub"
            )

    def _upload_archive(self, path: str, uri: str) -> bool:
        """Upload a folder as an archive. Return False, and upload nothing, if the folder is empty."""
        folder = self._context.local_path(path)
        if not folder.is_dir() or not any(folder.iterdir()):
            return False
        archive = self._context.sandbox.folder / Path(uri).name
        archives.pack(folder, archive)
        transfer.upload_file(self._context.s3, archive, uri)
        archive.unlink()
        return True
