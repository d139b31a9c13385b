"""A training job's side of the container contract: channels in, script and SM_* variables, model out.

In: a CreateTrainingJob request. Out: the job's folder filled, what to run, model.tar.gz and output.tar.gz in S3.
Source: "How SageMaker AI runs your training image" of the AWS documentation, and the sagemaker-training toolkit.
Not on this machine, and refused: ManifestFile, Pipe, Gzip and RecordIO channels, file systems, sharding over several
hosts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pushtrain.local.container import archives, hardcoded, toolkit, transfer
from pushtrain.local.container.contract import Context, Findings, JobError, Launch, Status

CODE = "/opt/ml/code"
DATA = "/opt/ml/input/data"
FAILURE_LENGTH = 1024
SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Present in the request's keys and taken literally; any other value of these keys is refused.
SUPPORTED = {
    "S3DataType": {"S3Prefix"},
    "InputMode": {"File", "FastFile"},
    "CompressionType": {"None"},
    "RecordWrapperType": {"None"},
}


class Training:
    """One training job; see `contract.Contract` for the order of calls."""

    def __init__(self, context: Context) -> None:
        self._context, request = context, context.request
        self._request = request
        self.name = str(request["TrainingJobName"])
        self._algorithm: Mapping[str, Any] = request.get("AlgorithmSpecification") or {}
        self._parameters: Mapping[str, str] = request.get("HyperParameters") or {}
        self._decoded = toolkit.decode(self._parameters)
        self._resources: dict[str, Any] = {}
        self.image = str(self._algorithm.get("TrainingImage", ""))
        self.seconds: float | None = (request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
        definitions = self._algorithm.get("MetricDefinitions") or ()
        self.metrics = tuple((item["Name"], item["Regex"]) for item in definitions)

    def prepare(self) -> str | None:
        """Configuration, channels, checkpoints and code into the job's folder."""
        for path in (CODE, DATA, "/opt/ml/model", "/opt/ml/output/data", "/opt/ml/output/intermediate"):
            self._context.folder(path)
        channels = {channel["ChannelName"]: channel for channel in self._request.get("InputDataConfig") or ()}
        for channel in channels.values():
            self._fetch(channel)
        self._fetch_checkpoints()
        self._resources = self._context.resources(self._request.get("ResourceConfig") or {})
        self._channels = {name: self._described(channel) for name, channel in channels.items()}
        config = "/opt/ml/input/config"
        self._context.write_json(f"{config}/hyperparameters.json", dict(self._parameters))
        self._context.write_json(f"{config}/inputdataconfig.json", self._channels)
        self._context.write_json(f"{config}/resourceconfig.json", self._resources)
        return self._fetch_code()

    def launch(self, python: Path) -> Launch:
        """The image's own entrypoint where the request has one, else the script as the toolkit starts it."""
        isolated = bool(self._request.get("EnableNetworkIsolation"))
        environment = self._context.environment(python, isolated=isolated)
        environment |= {
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self._context.arn("training", self.name),
        }
        if entrypoint := self._algorithm.get("ContainerEntrypoint"):
            arguments = self._algorithm.get("ContainerArguments") or ()
            return Launch(argv=(*entrypoint, *arguments), cwd="/opt/ml", environment=environment)
        variables = self._script_variables()
        # Shells drop variables such as SM_HP_LEARNING-RATE, and a shell starts the sandbox: env(1) sets them behind it.
        odd = [f"{name}={value}" for name, value in variables.items() if not SHELL_NAME.fullmatch(name)]
        argv = ("env", *odd, *self._script(python)) if odd else self._script(python)
        return Launch(argv=argv, cwd=CODE, environment=environment | variables)

    def collect(self, status: Status) -> Findings:
        """Checkpoints always; the model unless the job failed (a stopped one may have saved it in its last seconds).

        What AWS stores of a failed job is not documented; here nothing but its checkpoints.
        """
        if checkpoints := self._checkpoints():
            transfer.upload(self._context.s3, self._context.place(checkpoints[0]), checkpoints[1])
        if status == "Failed":
            return Findings(failure=self._failure())
        return Findings(artifacts=self._store(status))

    def _fetch(self, channel: Mapping[str, Any]) -> None:
        name = channel["ChannelName"]
        source = (channel.get("DataSource") or {}).get("S3DataSource")
        if source is None:
            raise JobError(f"ClientError: channel {name}: a local run reads from S3 only (S3DataSource)")
        said = {"InputMode": self._algorithm.get("TrainingInputMode", "File"), **channel, **source}
        for key, values in SUPPORTED.items():
            if said.get(key) and said[key] not in values:
                raise JobError(f"ClientError: channel {name}: {key} {said[key]} does not exist in a local run")
        hosts = (self._request.get("ResourceConfig") or {}).get("InstanceCount", 1)
        if source.get("S3DataDistributionType") == "ShardedByS3Key" and hosts > 1:
            raise JobError(f"ClientError: channel {name}: ShardedByS3Key over several instances is not local")
        transfer.download(self._context.s3, source["S3Uri"], self._context.folder(f"{DATA}/{name}"))

    def _described(self, channel: Mapping[str, Any]) -> dict[str, str]:
        described = {
            "TrainingInputMode": channel.get("InputMode") or self._algorithm.get("TrainingInputMode", "File"),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": "None",
        }
        kind = channel.get("ContentType")
        return {"ContentType": kind, **described} if kind else described

    def _checkpoints(self) -> tuple[str, str] | None:
        """The container's folder for checkpoints and its S3 URI. Default path: API shape CheckpointConfig."""
        config = self._request.get("CheckpointConfig")
        return (config.get("LocalPath") or "/opt/ml/checkpoints", config["S3Uri"]) if config else None

    def _fetch_checkpoints(self) -> None:
        if checkpoints := self._checkpoints():
            path, uri = checkpoints
            folder = self._context.folder(path)
            transfer.download(self._context.s3, uri.rstrip("/") + "/", folder, required=False)

    def _fetch_code(self) -> str | None:
        source = self._decoded.own.get(toolkit.SOURCE)
        if not source:
            return None
        self._unpack(str(source))
        requirements = self._context.place(f"{CODE}/requirements.txt")
        return requirements.read_text("utf-8-sig", "replace") if requirements.is_file() else None

    def _unpack(self, source: str) -> None:
        """The code from S3, or from where a channel brought it, as it must where the container is isolated."""
        brought = source.startswith("/")
        archive = self._context.place(source if brought else "/opt/ml/input/sourcedir.tar.gz")
        if not brought:
            transfer.download_object(self._context.s3, source, archive)
        elif not archive.is_file():
            raise JobError(f"ClientError: {toolkit.SOURCE} is {source!r}, and no channel brought such a file")
        archives.unpack(archive, self._context.place(CODE))
        if not brought:
            archive.unlink()

    def _script(self, python: Path) -> tuple[str, ...]:
        """As entry_point_type.py of the toolkit tells them apart: a package, a Python script, any other program."""
        program = str(self._decoded.own.get(toolkit.PROGRAM) or "")
        if not program:
            raise JobError(
                f"ClientError: the image {self.image!r} brings its own program, which a local run cannot start; "
                "give ContainerEntrypoint, or a script (hyperparameters sagemaker_program, sagemaker_submit_directory)"
            )
        if not self._context.place(f"{CODE}/{program}").is_file():
            raise JobError(f"ClientError: the script {program!r} is not in {toolkit.SOURCE}")
        if self._context.sandbox.strategy == "paths" and (
            found := hardcoded.find_hardcoded_path([program], self._context.place(CODE))
        ):  # no refusal: in train.py the path is mostly the default of an SM_* variable, which is set
            self._context.note(found)
        words = toolkit.arguments(self._decoded.user)
        if self._decoded.framework:
            names = ", ".join(sorted(self._decoded.framework))
            self._context.note(f"one process is started; distribution is not imitated ({names})")
        if self._context.place(f"{CODE}/setup.py").is_file():
            return (str(python), "-m", program.removesuffix(".py").replace("/", "."), *words)
        if program.endswith(".py"):
            return (str(python), program, *words)
        self._context.place(f"{CODE}/{program}").chmod(0o755)
        return (f"./{program}", *words)

    def _script_variables(self) -> dict[str, str]:
        root = self._context.sandbox.root
        machine = toolkit.Machine(
            root=root,
            cpus=os.cpu_count() or 1,
            gpus=len([device for device in Path("/dev").glob("nvidia[0-9]*") if device.name[6:].isdigit()]),
            resources=self._resources,
            channels=self._channels,
            job_name=self.name,
        )
        return toolkit.variables(self._parameters, machine) | {
            "CURRENT_HOST": self._resources["current_host"],
            "PYTHONPATH": f"{root}/code",
            "SAGEMAKER_BASE_DIR": root,
            "SAGEMAKER_JOB_NAME": str(self._decoded.own.get("sagemaker_job_name", self.name)),
            "SAGEMAKER_REGION": str(self._decoded.own.get("sagemaker_region", self._context.region)),
        }

    def _failure(self) -> str | None:
        file = self._context.place("/opt/ml/output/failure")
        if not file.is_file():
            return None
        with file.open(encoding="utf-8", errors="replace") as text:
            return text.read(FAILURE_LENGTH).strip() or None

    def _store(self, status: Status) -> str:
        """model.tar.gz and output.tar.gz, each only where there is something in it; the model's URI."""
        output = self._request["OutputDataConfig"]
        if output.get("CompressionType", "GZIP") != "GZIP":
            raise JobError("ClientError: OutputDataConfig.CompressionType NONE does not exist in a local run")
        home = transfer.join(output["S3OutputPath"], self.name, "output")
        self._store_archive("/opt/ml/output/data", f"{home}/output.tar.gz")
        if not self._store_archive("/opt/ml/model", f"{home}/model.tar.gz") and status == "Completed":
            self._context.note("the script left nothing in /opt/ml/model, so there is no model.tar.gz")
        return f"{home}/model.tar.gz"

    def _store_archive(self, path: str, uri: str) -> bool:
        folder = self._context.place(path)
        if not folder.is_dir() or not any(folder.iterdir()):
            return False
        archive = self._context.sandbox.folder / Path(uri).name
        archives.pack(folder, archive)
        transfer.upload_file(self._context.s3, archive, uri)
        archive.unlink()
        return True
