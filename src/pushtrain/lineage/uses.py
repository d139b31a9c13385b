"""Find the runs that used some data or an image. Reads S3, changes nothing.

For each model there is one read of its lineage index, and one listing of its runs. Only runs that the index does not
have are read one by one: those that have not ended, and the oldest of a model with very many.
"""

from __future__ import annotations

from typing import Any

from pushtrain import aws
from pushtrain.errors import UsageError
from pushtrain.layout import build_runs_prefix, is_uri
from pushtrain.lineage.index import HASH, RunInputs, build_inputs, sort_runs
from pushtrain.lineage.storage import read_index
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.runs import list_folders, list_models, read_run_record, read_run_result


def find_uses(platform: Platform, model: str | None = None, *, data: str = "", image: str = "") -> list[RunInputs]:
    """Return the runs of a model, or of all models, that used some data or an image, the newest first.

    `data` is an S3 address, or a data version or its first 8 digits at least. `image` is an image URI; without its tag
    it means every tag. With both, a run must have used both. Raises UsageError if `data` is neither.
    """
    if data and not is_uri(data) and not HASH.fullmatch(data):
        raise UsageError(
            f"{data!r} is neither an S3 address (s3://bucket/prefix/) nor a data version (8 to 64 hex digits). "
            f"`pushtrain runs show RUN{platform.cli_option}` shows both for each data entry"
        )
    s3 = aws.client("s3", platform.region)
    models = [model] if model else list_models(s3, platform)
    runs = [inputs for listed in call_all(lambda name: list_inputs(s3, platform, name), models) for inputs in listed]
    return sort_runs(
        inputs for inputs in runs if (not data or inputs.list_data(data)) and (not image or inputs.list_steps(image))
    )


def find_versions_by_data(platform: Platform, record: RunRecord) -> dict[str, tuple[int, ...]]:
    """Return the other versions of a model that came from the data of a run, by data entry, lowest first.

    Reads the lineage index only. A data entry that no other version used is left out.
    """
    runs = read_index(aws.client("s3", platform.region), platform.artifact_bucket, record.model).runs
    others = [(run, run.model_version) for run in runs if run.run != record.run and run.model_version]
    versions = {
        name: tuple(sorted(number for run, number in others if run.list_data(entry.version)))
        for name, entry in record.data.items()
        if entry.version
    }
    return {name: numbers for name, numbers in versions.items() if numbers}


def list_inputs(s3: Any, platform: Platform, model: str) -> list[RunInputs]:
    """Return the inputs of all runs of a model; none if AWS denies access to its index, as to that of another team."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        indexed = {inputs.run: inputs for inputs in read_index(s3, platform.artifact_bucket, model).runs}
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return []
    others = [run for run in list_folders(s3, platform, build_runs_prefix(model)) if run not in indexed]
    read = call_all(lambda run: _read_inputs(s3, platform, model, run), others)
    return [*indexed.values(), *(inputs for inputs in read if inputs)]


def _read_inputs(s3: Any, platform: Platform, model: str, run: str) -> RunInputs | None:
    """Return the inputs of a run that the index does not have; None if it has no record."""
    record = read_run_record(platform, model, run, s3)
    return build_inputs(record, read_run_result(platform, model, run, s3)) if record else None
