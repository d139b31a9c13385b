"""Definitions -> what the run's role and the jobs' role need, by walking every Task of every golden config.

Paths and intrinsics are filled with samples: what IAM pins lies in the text around them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.names import Names
from pushtrain.config import Config, Kms, load_config
from pushtrain.layout import build_job_prefix
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.definition import iterate_states
from tests.infra.calls import Call, Needs
from tests.infra.evaluator import Need

CASES = Path(__file__).parents[1] / "golden" / "definitions"
REPOS = Path(__file__).parents[2] / "model_repos"
LOG_DELIVERY = (
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
    "DescribeLogGroups",
)
# Source: SageMaker developer guide, execution role of a job in a VPC; EC2 in the Service Authorization Reference.
KEEP_INTERFACES = ("CreateNetworkInterfacePermission", "DeleteNetworkInterface", "DeleteNetworkInterfacePermission")
SEE_NETWORK = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
XRAY = ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")


def configs() -> dict[str, Config]:
    """Every config of the golden files and of the examples that compiles."""
    folders = [case for case in sorted(CASES.iterdir()) if not case.name.startswith("error-")]
    folders += [path.parent for path in sorted(REPOS.glob("*/config.yaml"))]
    configs = {folder.name: load_config((folder / "config.yaml").read_bytes()).config for folder in folders}
    # A platform with a key takes no other: keys of a config are its own affair where there is none.
    return {name: config.model_copy(update={"kms": Kms()}) for name, config in configs.items()}


class Walk:
    """`run` and `jobs`: what the definition of one config needs of the two roles."""

    def __init__(self, names: Names, config: Config, platform: Platform) -> None:
        self.names, self.config, self.platform, self.needs = names, config, platform, Needs(names)
        definition = compile_workflow(config, platform)
        self.created = ""  # the model of the serving test, which a later state deletes
        self.tasks = [state for _, state in iterate_states(definition) if state["Type"] == "Task"]

    def run(self) -> Iterator[Need]:
        """What the role of runs needs."""
        for task in self.tasks:
            yield from self._task(task["Resource"].partition(":::")[2], task["Parameters"])
        yield from (Need(f"logs:{action}", "*") for action in LOG_DELIVERY)
        yield from (Need(f"xray:{action}", "*") for action in XRAY)

    def _task(self, resource: str, request: Mapping[str, Any]) -> Iterator[Need]:
        sample = self.filled(request)
        if match := re.fullmatch(r"sagemaker:create(\w+)Job\.sync", resource):
            yield from self.needs.job(match[1], sample)
        elif resource == "sagemaker:createModel":
            self.created = sample["ModelName"]
            yield from self.needs.model(sample)
        elif resource == "aws-sdk:sagemaker:deleteModel":
            yield Need("sagemaker:DeleteModel", self.names.arn("sagemaker", f"model/{self.created}"))
        elif resource == "lambda:invoke":
            yield Need("lambda:InvokeFunction", sample["FunctionName"])
        elif resource == "aws-sdk:sagemaker:createModelPackage":
            yield from self.needs.of(Call("sagemaker", "CreateModelPackage", sample, ""))
        else:
            raise NotImplementedError(resource)

    def jobs(self) -> Iterator[Need]:
        """What the role of jobs needs: SageMaker reads, writes, pulls and logs with it, scripts read secrets."""
        yield from (Need("secretsmanager:GetSecretValue", secret) for secret in self.names.settings.secrets)
        for task in self.tasks:
            match = re.search(r"sagemaker:create(\w+)Job\.sync", task["Resource"])
            if match and match[1] == "HyperParameterTuning":
                yield from self._work("Training", _build_trial(self.filled(task["Parameters"])))
            elif match:
                yield from self._work(match[1], self.filled(task["Parameters"]))

    def _work(self, kind: str, request: Mapping[str, Any]) -> Iterator[Need]:
        for uri in _find_values(request, "S3Uri", within=("ProcessingInputs", "InputDataConfig", "TransformInput")):
            yield from self._read(uri)
        program = json.loads(request.get("HyperParameters", {}).get("sagemaker_submit_directory", '""'))
        yield from self._read(program) if program.startswith("s3://") else ()  # else a channel of its own brings it
        written = [*_find_values(request, "S3Uri", within=("ProcessingOutputConfig", "CheckpointConfig"))]
        for uri in (*written, *_find_values(request, "S3OutputPath")):
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            yield from self.needs.write(bucket, f"{key}/model.tar.gz")
            yield Need("s3:AbortMultipartUpload", f"arn:aws:s3:::{bucket}/{key}/model.tar.gz")
            yield self.needs.use_key("Encrypt")  # OutputDataConfig.KmsKeyId
        for image in (*_find_values(request, "TrainingImage"), *_find_values(request, "ImageUri")):
            yield from self._pull(image)
        log = self.names.arn("logs", f"log-group:/aws/sagemaker/{kind}Jobs")
        yield from (Need(f"logs:{action}", log) for action in ("CreateLogGroup", "DescribeLogStreams"))
        stream = f"{log}:log-stream:{request[f'{kind}JobName']}/algo-1"
        yield from (Need(f"logs:{action}", stream) for action in ("CreateLogStream", "PutLogEvents"))
        yield Need("cloudwatch:PutMetricData", "*")
        yield Need("kms:CreateGrant", self.needs.key, {"kms:GrantIsForAWSResource": "true"})
        yield Need("kms:DescribeKey", self.needs.key)
        vpc = request.get("VpcConfig") or request.get("NetworkConfig", {}).get("VpcConfig")
        yield from self._join(vpc) if vpc else ()

    def _join(self, vpc: Mapping[str, Any]) -> Iterator[Need]:
        places = [f"subnet/{subnet}" for subnet in vpc["Subnets"]]
        places += [f"security-group/{group}" for group in vpc["SecurityGroupIds"]]
        for resource in (*places, "network-interface/*"):  # it has no name before it is made
            yield Need("ec2:CreateNetworkInterface", self.names.arn("ec2", resource))
        interface = self.names.arn("ec2", "network-interface/eni-0a1b")
        yield from (Need(f"ec2:{action}", interface) for action in KEEP_INTERFACES)
        yield from (Need(f"ec2:Describe{what}", "*") for what in SEE_NETWORK)

    def _read(self, uri: str) -> Iterator[Need]:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        yield Need("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": key})
        yield Need("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        places = {location.bucket: location.kms_key for location in self.names.settings.data_locations}
        if key_of_place := places.get(bucket):
            yield Need("kms:Decrypt", key_of_place)
        else:
            yield self.needs.use_key("Decrypt")

    def _pull(self, image: str) -> Iterator[Need]:
        account, _, rest = image.partition(".")
        region, repository = rest.split(".")[2], rest.partition("/")[2].partition(":")[0]
        arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
        yield Need("ecr:GetAuthorizationToken", "*")
        for action in ("BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage"):
            yield Need(f"ecr:{action}", arn)

    def filled(self, value: Any) -> Any:
        """The request with a sample for every path and intrinsic."""
        if isinstance(value, list):
            return [self.filled(element) for element in value]
        if not isinstance(value, dict):
            return value
        return {
            key.removesuffix(".$"): self._sample(member) if key.endswith(".$") else self.filled(member)
            for key, member in value.items()
        }

    def _sample(self, expression: str) -> str:
        if inner := re.fullmatch(r"States\.JsonToString\((.*)\)", expression):
            return json.dumps(self._sample(inner[1]))
        if template := re.fullmatch(r"States\.Format\('((?:[^'\\]|\\.)*)', (.*)\)", expression):
            text: str = template[1]
            for path in template[2].split(", "):
                text = text.replace("{}", self._sample(path), 1)
            return text
        if prefix := re.fullmatch(r"\$\.(?:candidates\.\w+\.)?jobs\.(\w+)\.prefix", expression):
            return build_job_prefix(self.config.model, "sample", prefix[1], "sample")
        if data := re.fullmatch(r"\$\$\.Execution\.Input\.data\['(.*)'\]", expression):
            source = self.config.data[data[1]]
            return source.s3 or f"s3://{self.platform.code_bucket}/model-repos/{self.config.model}/rev/{source.local}"
        if expression == "$$.Execution.Input.code":
            return f"s3://{self.platform.artifact_bucket}/{self.config.model}/source/0a1b/sourcedir.tar.gz"
        return self._sample_champion().get(expression, "sample")

    def _sample_champion(self) -> dict[str, str]:
        registry = f"{self.platform.account}.dkr.ecr.{self.platform.region}.amazonaws.com"
        return {
            "$$.Execution.Input.champion.uri": f"s3://{self.platform.serving_bucket}/{self.config.model}/3/model.tar.gz",
            "$$.Execution.Input.champion.image": f"{registry}/team/image:1",
        }


def _build_trial(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request of a trial, as SageMaker makes it from that of a tuning job."""
    definition = request["TrainingJobDefinition"]
    name = f"{request['HyperParameterTuningJobName']}-001-0a1b2c3d"
    return {**definition, "TrainingJobName": name, "HyperParameters": definition["StaticHyperParameters"]}


def _find_values(value: Any, name: str, within: tuple[str, ...] = ()) -> Iterator[str]:
    """Every text under a key, anywhere in a request, or inside some of its top-level fields."""
    if isinstance(value, dict):
        for key, element in value.items():
            if within and key not in within:
                continue
            if key == name and isinstance(element, str):
                yield element
            yield from _find_values(element, name)
    elif isinstance(value, list):
        for element in value:
            yield from _find_values(element, name)
