"""Push -> run, phase by phase. Starting is idempotent: however often S3 delivers a push, it has one run.

A push that would only repeat an earlier run becomes a Skipped, which its run record says. A push that cannot run
becomes a Refused, which is written to problems.json: to try again would not help. That includes what AWS refuses for
good. IncompletePush and other errors of AWS are raised: to try again may help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pushtrain import aws
from pushtrain.config import load_config
from pushtrain.errors import ConfigError, IncompletePush, PushError
from pushtrain.launch.champion import freeze_champion
from pushtrain.launch.checkpoints import resume_steps
from pushtrain.launch.checks import check_address, check_cost, check_model, check_paths
from pushtrain.launch.earlier_results import find_earlier_results
from pushtrain.launch.model_package_group import ensure_model_package_group
from pushtrain.launch.parent_searches import freeze_parent_searches
from pushtrain.launch.permanent_errors import refuse_permanent_errors
from pushtrain.launch.refusal import Refused, write_problems
from pushtrain.launch.run_record import build_run_record, check_size, save_run_record
from pushtrain.launch.start import Launched, Skipped, publish_definition, start_run
from pushtrain.platform import Platform
from pushtrain.pushes.data import record_data
from pushtrain.pushes.data_listing import Listings, save_listings
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import pack_source, read_revision, require_files, to_problem
from pushtrain.workflow import compile_workflow, locate_template_errors, serialize_definition

if TYPE_CHECKING:
    from pushtrain.config import LoadedConfig
    from pushtrain.record import RunRecord

LaunchOutcome = Launched | Skipped | Refused


def launch(push: Push, platform: Platform) -> LaunchOutcome:
    """Run all phases of one push. Raises IncompletePush if files of the revision have not arrived yet."""
    s3 = aws.client("s3", platform.region)
    try:
        with refuse_permanent_errors(platform):
            return _launch(s3, push, platform)
    except IncompletePush as error:  # written too: if the files never arrive, the person who waits can read why
        write_problems(s3, push, platform, [to_problem(error)])
        raise
    except ConfigError as error:
        return write_problems(s3, push, platform, error.problems)
    except PushError as error:
        return write_problems(s3, push, platform, [to_problem(error)])


def _launch(s3: Any, push: Push, platform: Platform) -> Launched | Skipped:
    check_address(push, platform)
    revision = read_revision(s3, push)
    if revision.reproduces:
        platform = replace(platform, experiment={})
    loaded = load_config(revision.config, environment=platform.config_environment, settings=platform.experiment)
    check_model(loaded, push)
    require_files(revision, loaded.config)
    check_paths(loaded, revision)
    with locate_template_errors(loaded):
        definition = compile_workflow(loaded.config, platform)
    source = pack_source(s3, revision, loaded.config, platform)
    listings: Listings = {}
    data = record_data(s3, revision, loaded.config, has_stand_ins=bool(platform.local_option), listings=listings)
    record = build_run_record(loaded.config, revision, source, data, platform)
    record = freeze_champion(s3, loaded.config, record, platform, override=revision.without_champion)
    record = freeze_parent_searches(s3, loaded.config, record, platform)
    text = serialize_definition(definition)
    record = find_earlier_results(
        s3, loaded.config, record, platform, definition=text, fresh=revision.fresh, allow_same=revision.allow_same
    )
    check_cost(loaded, definition, platform, reused=record.reused_jobs)
    record = resume_steps(s3, record, platform, fresh=revision.fresh)
    check_size(record)
    save_listings(s3, platform.artifact_bucket, record, listings)
    return _record_and_start(s3, loaded, text, record, platform)


def _record_and_start(
    s3: Any, loaded: LoadedConfig, definition: str, record: RunRecord, platform: Platform
) -> Launched | Skipped:
    """Publish the definition, write the record, which names it, and start the run; or write why nothing is started."""
    published = None if record.same_as else publish_definition(s3, loaded.config, definition, platform)
    record = replace(record, definition=published.recorded if published else None)
    record, is_new = save_run_record(s3, record, platform)
    if record.same_as:
        return Skipped(model=record.model, run=record.run, revision=record.revision, same_as=record.same_as)
    published = published or publish_definition(s3, loaded.config, definition, platform)
    if loaded.config.registration:
        ensure_model_package_group(loaded.config, platform)
    return start_run(s3, loaded, published, record, platform, redelivered=not is_new)
