"""Push -> run. The only code that starts state machines; `machine` makes them. Idempotent: one push, one run.

`launch` shows the phases in order. What is wrong with a push is a Refused (written to problems.json), not an
exception: trying again would not help. IncompletePush and AWS errors are raised: trying again may help.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.config import Config, LoadedConfig, find_missing_paths, load_config
from pushtrain.cost import check_cost_limit, estimate_cost, list_planned_jobs, read_prices
from pushtrain.errors import ConfigError, IncompletePush, Problem, PushError
from pushtrain.launch.state_machine import DefinitionChange, build_execution_arn, ensure_version
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push, read_event
from pushtrain.pushes.revision import Revision, pack_source, read_revision, require_scripts, to_problem
from pushtrain.workflow import compile_loaded_config, fingerprint, serialize_definition
from pushtrain.workflow import names as workflow_names

REVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,127}")
UNKNOWN = "unknown"  # what the registry's metadata say where git or an environment is not known
METADATA_VALUE_LIMIT = 256


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A run that is started; `fresh` is false when an earlier delivery of the same push had started it."""

    model: str
    run: str
    arn: str
    revision: str
    definition: DefinitionChange
    fresh: bool
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A push that cannot run, with every problem found; they are in problems.json as well."""

    model: str
    revision: str
    problems: tuple[Problem, ...]


def receive_event(event: Mapping[str, Any], platform: Platform) -> list[Launched | Refused]:
    """Launch every push of an S3 event. Raises the first error only after all of them were tried."""
    answers: list[Launched | Refused] = []
    errors: list[Exception] = []
    for push in read_event(event):
        try:
            answers.append(launch(push, platform))
        except Exception as error:  # noqa: BLE001 - the other pushes of the event must not wait for this one
            errors.append(error)
    if errors:
        raise errors[0]
    return answers


def launch(push: Push, platform: Platform) -> Launched | Refused:
    """All phases of a push. Raises IncompletePush when the revision has not all arrived."""
    s3 = aws.client("s3", platform.region)
    try:
        check_address(push, platform)
        revision = read_revision(s3, push)
        loaded = read_config(revision, platform)
        require_scripts(revision, loaded.config)
        check_names(loaded, revision)
        definition = compile_loaded_config(loaded, platform)
        check_cost(loaded, definition, platform)
        source = pack_source(s3, revision, loaded.config, platform)
    except IncompletePush as error:
        write_problems(
            s3, push, platform, [to_problem(error)]
        )  # so that whoever waits reads why, should it never arrive
        raise
    except ConfigError as error:
        return write_problems(s3, push, platform, error.problems)
    except PushError as error:
        return write_problems(s3, push, platform, [to_problem(error)])
    document = build_execution_input(loaded.config, revision, source, platform)
    if loaded.config.registration:
        ensure_model_package_group(loaded.config, platform)
    return start_run(s3, loaded, serialize_definition(definition), document, platform)


def check_address(push: Push, platform: Platform) -> None:
    """Where the push lies decides names of jobs and runs. Raises PushError."""
    if push.bucket != platform.code_bucket:
        raise PushError(f"bucket {push.bucket} is not this platform's code bucket, {platform.code_bucket}")
    if not REVISION.fullmatch(push.revision):
        raise PushError(
            f"the push lies under revision {push.revision!r}: job names take letters, digits and hyphens only"
        )


def check_names(loaded: LoadedConfig, revision: Revision) -> None:
    """What config.yaml names is in the push. Raises ConfigError."""
    if missing := find_missing_paths(loaded, revision.has_path):
        raise ConfigError(missing)


def check_cost(loaded: LoadedConfig, definition: Mapping[str, Any], platform: Platform) -> None:
    """The most a run can cost is within the limit of config.yaml, where it has one. Raises ConfigError."""
    if loaded.config.limits.max_cost is None:
        return  # the prices are not even read
    found = estimate_cost(list_planned_jobs(definition), read_prices(platform), platform.region)
    if problem := check_cost_limit(loaded, found, platform.cli_option):
        raise ConfigError([problem])


def read_config(revision: Revision, platform: Platform) -> LoadedConfig:
    """config.yaml of this push for this platform's environment. Raises ConfigError with all problems."""
    loaded = load_config(revision.config, environment=platform.environment)
    if loaded.config.model != revision.push.model:
        found = f"the push lies under {revision.push.model!r}, config.yaml says {loaded.config.model!r}"
        raise ConfigError(
            [Problem(key="model", line=loaded.find_line("model"), message=f"{found}. They must be equal")]
        )
    return loaded


def build_execution_input(config: Config, revision: Revision, source: str, platform: Platform) -> dict[str, Any]:
    """What a run is told, and the record of everything it used. No clock: the same push gives the same input."""
    push, git = revision.push, revision.git
    data = {name: _data_uri(config, revision, name) for name in config.data}
    config_hash = hashlib.sha256(revision.config).hexdigest()
    facts = {"revision": push.revision, "run": workflow_names.build_run_id(push.revision, push.version)}
    metadata = facts | {
        "config": config_hash,
        "environment": platform.environment or UNKNOWN,
        "pushed_by": push.by or UNKNOWN,
        "author": git.author or UNKNOWN,
    }
    return {
        **facts,
        "model": config.model,
        "environment": platform.environment,
        "code": source,
        "config": {
            "uri": f"s3://{push.bucket}/{push.prefix}config.yaml",
            "version": push.version,
            "sha256": config_hash,
        },
        "data": data,
        "git": {
            "commit": git.commit or UNKNOWN,
            "repository": git.repository or UNKNOWN,
            "dirty": git.dirty,
            "author": git.author or UNKNOWN,
        },
        "pushed_by": push.by or UNKNOWN,
        "metadata": {
            key: encode_metadata_value(value)
            for key, value in (metadata | {f"data.{k}": v for k, v in data.items()}).items()
        },
    }


def encode_metadata_value(text: str) -> str:
    """`text` if CustomerMetadataProperties can hold it, else its hash; checked now, not after hours of GPU.

    Source: CustomerMetadataValue, 1 to 256 of letters, spaces, numbers and `_.:/=+-@`.
    """
    allowed = all(unicodedata.category(char)[0] in "LZN" or char in "_.:/=+-@" for char in text)
    return text if allowed and 1 <= len(text) <= METADATA_VALUE_LIMIT else f"sha256:{fingerprint(text)}"


def ensure_model_package_group(config: Config, platform: Platform) -> None:
    """The model package group, named as the model, exists afterwards."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    sagemaker = aws.client("sagemaker", platform.region)
    try:
        sagemaker.describe_model_package_group(ModelPackageGroupName=config.model)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ValidationException", "ResourceNotFound"}:
            raise
    tags = [{"Key": key, "Value": value} for key, value in {**platform.tags, **config.tags}.items()]
    try:
        sagemaker.create_model_package_group(ModelPackageGroupName=config.model, Tags=tags)
    except ClientError as error:  # another push of this model was faster
        if "already exists" not in error.response["Error"].get("Message", ""):
            raise


def start_run(s3: Any, loaded: LoadedConfig, definition: str, document: dict[str, Any], platform: Platform) -> Launched:
    """Start the version that runs this definition, under the run's name."""
    config, model, run = loaded.config, loaded.config.model, document["run"]
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    write_input(s3, platform.artifact_bucket, f"{model}/runs/{run}/input.json", text)
    states = aws.client("stepfunctions", platform.region)
    version, change = ensure_version(s3, states, config, definition, platform)
    arn = _start(states, version, run, text)
    return Launched(
        model=model,
        run=run,
        arn=arn or build_execution_arn(platform, model, run),
        revision=document["revision"],
        definition=change,
        fresh=arn is not None,
        warnings=loaded.warnings,
    )


def write_input(s3: Any, bucket: str, key: str, text: str) -> None:
    """Write what a run was started with, once: a redelivery must not rewrite the record of what really ran."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def build_problems_key(push: Push) -> str:
    """Key in the artifact bucket of what `refuse` writes."""
    return f"{push.model}/pushes/{push.revision}/problems.json"


def write_problems(s3: Any, push: Push, platform: Platform, problems: Sequence[Problem]) -> Refused:
    """Write problems.json where the person who pushed finds it."""
    listed = [dataclasses.asdict(problem) | {"text": str(problem)} for problem in problems]
    document = {"model": push.model, "revision": push.revision, "version": push.version, "problems": listed}
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    s3.put_object(Bucket=platform.artifact_bucket, Key=build_problems_key(push), Body=body)
    return Refused(model=push.model, revision=push.revision, problems=tuple(problems))


def _start(states: Any, version: str, run: str, document: str) -> str | None:
    """ARN of the execution; None when an earlier delivery of this push started it and it has ended since."""
    try:
        arn: str = states.start_execution(stateMachineArn=version, name=run, input=document)["executionArn"]
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return arn


def _data_uri(config: Config, revision: Revision, name: str) -> str:
    """S3 address of a data entry: its own, else that of the path inside the pushed revision."""
    source = config.data[name]
    if source.s3:
        return source.s3
    path = (source.local or "").rstrip("/")
    folder = "" if path in revision.sizes else "/"
    return f"s3://{revision.push.bucket}/{revision.push.prefix}{path}{folder}"
