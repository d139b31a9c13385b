"""What a model version says in the registry's metadata, and what goes to verdict.json if that is too much. Pure.

Origin, data and model always stay: gates and readers need them. Metrics and searched hyperparameters are in the verdict
too, so its address and hash can stand in for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain.config.candidates import list_variants
from pushtrain.config.dataflow import list_tuned
from pushtrain.record import RUN_METADATA, VERDICT_HASH

if TYPE_CHECKING:
    from pushtrain.config.model import Config

MAX_METADATA = 50  # CreateModelPackage.CustomerMetadataProperties
REPORT_METADATA = "report"  # metadata key of the report's address; the other keys are those of the run record
# Metadata keys of the model.tar.gz that was evaluated, and the members of the verdict that hold their values.
ARTIFACT_METADATA = {"artifact_version": "version", "artifact_etag": "etag", "artifact_size": "size"}
CANDIDATE_METADATA = "candidate"  # metadata key of the candidate that won, if there are candidates
# Metadata keys of verdict.json, and the members of its pin that hold their values.
VERDICT_METADATA = {"verdict": "uri", "verdict_version": "version", VERDICT_HASH: "sha256"}
OWN_METADATA = len((*RUN_METADATA, REPORT_METADATA, *ARTIFACT_METADATA)) + 1  # one stays free


def names_verdict(config: Config) -> bool:
    """Return True if metrics and searched hyperparameters do not fit: then a version names verdict.json instead."""
    metrics = {condition.label for condition in config.conditions}
    tuned = max(len(list_tuned(variant.config)) for variant in list_variants(config))
    fixed = len(config.data) + OWN_METADATA + (config.choose is not None)
    return fixed + len(metrics) + tuned > MAX_METADATA
