"""Everything that a run, and the model version that it registered, came from. Reads S3, changes nothing.

In: a run id. Out: an Origin, built from input.json and result.json, which stay when Step Functions forgets the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain.catalog.image_packages import MAIN_PACKAGES
from pushtrain.platform import Platform
from pushtrain.record import (
    ImageDigest,
    RecordedConfig,
    RecordedData,
    RecordedDefinition,
    RecordedGit,
    RecordedJob,
    RunRecord,
    RunResult,
)
from pushtrain.runs import read_run_record, read_run_result

COMPLETED = "Completed"


class OriginStep(Struct, frozen=True, kw_only=True):
    """What one step came from.

    `job` is the job whose outputs count, empty if none completed, and `run` the run of that job: an earlier one if the
    step was reused. `inputs` are sources by name. `parameters` are the settings that can change the result. `packages`
    are the installed Python packages with their versions, `added_packages` those that pip added to the image. An image
    or packages are None if they are not known. `digest` is what the image's URI named when the run started; None if
    nobody asked.
    """

    name: str
    job: str
    run: str
    image: str | None
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any]
    packages: Mapping[str, str] | None
    added_packages: Mapping[str, str] | None
    digest: ImageDigest | None = None

    @property
    def framework(self) -> str:
        """The installed version of the image's framework, such as `scikit-learn 1.9.1`; empty if it is not known."""
        from pushtrain.catalog.images import identify_image  # noqa: PLC0415 - a large table

        described = identify_image(self.image or "")
        package = MAIN_PACKAGES.get(described[0].name) if described else None
        version = (self.packages or {}).get(package) if package else None
        return f"{package} {version}" if version else ""


class Origin(Struct, frozen=True, kw_only=True):
    """What a run came from. `steps` are in an order in which they could run.

    `code` is the S3 URI of the code archive. `definition` is what ran, None if it is not known. `data_changed` names
    the data that was replaced while the run went on. `resumed_from` has the steps that continued checkpoints of an
    earlier run, with that run.
    """

    model: str
    run: str
    revision: str
    environment: str
    trigger: str
    git: RecordedGit
    pushed_by: str
    code: str
    config: RecordedConfig
    template: str
    definition: RecordedDefinition | None
    pushtrain_version: str
    runtime: str
    data: Mapping[str, RecordedData]
    data_changed: tuple[str, ...]
    steps: tuple[OriginStep, ...]
    resumed_from: Mapping[str, str]


def read_origin(platform: Platform, model: str, run: str) -> Origin | None:
    """Return what a run came from; None if its record is gone or was never written.

    Needs one read for the record, one for the result, and one for each earlier run of which a step was reused.
    """
    record = read_run_record(platform, model, run)
    return complete_origin(platform, record, read_run_result(platform, model, run)) if record else None


def complete_origin(platform: Platform, record: RunRecord, result: RunResult | None) -> Origin:
    """Return what a run with this record and result came from. Reads the results of the runs of its reused jobs."""
    runs = dict.fromkeys(reuse.run for reuse in record.reuse.values() if reuse.job)
    earlier = {run: read_run_result(platform, record.model, run) for run in runs}
    return build_origin(record, {record.run: result} | earlier)


def build_origin(record: RunRecord, results: Mapping[str, RunResult | None]) -> Origin:
    """Return what a run came from. `results` are those of the run and of the runs of its reused jobs, by run id."""
    from pushtrain.reuse import sort_steps  # noqa: PLC0415 - imports the models of config.yaml

    result = results.get(record.run)
    jobs = {job.name: job for ended in results.values() if ended for job in ended.jobs}
    completed = {job.step: job for job in result.jobs if job.status == COMPLETED} if result else {}
    return Origin(
        model=record.model,
        run=record.run,
        revision=record.revision,
        environment=record.environment,
        trigger=record.trigger,
        git=record.git,
        pushed_by=record.pushed_by,
        code=record.code,
        config=record.config,
        template=record.template,
        definition=record.definition,
        pushtrain_version=record.pushtrain_version,
        runtime=record.runtime,
        data=record.data,
        data_changed=result.data_changed if result else (),
        steps=tuple(_build_step(record, step, completed.get(step), jobs) for step in sort_steps(record)),
        resumed_from=record.resumed_from,
    )


def _build_step(
    record: RunRecord, step: str, completed: RecordedJob | None, jobs: Mapping[str, RecordedJob]
) -> OriginStep:
    reuse = record.reuse.get(step)
    reused = reuse.job if reuse else None
    job = jobs.get(reused.name) if reused else completed
    image = (job.image if job else None) or record.images.get(step)
    return OriginStep(
        name=step,
        job=reused.name if reused else completed.name if completed else "",
        run=reuse.run if reuse and reused else record.run,
        image=image,
        inputs=record.steps[step].inputs,
        parameters=record.parameters.get(step, {}),
        packages=job.packages if job else None,
        added_packages=job.added_packages if job else None,
        digest=record.image_digests.get(image or ""),
    )
