"""Documents of a run: what is known when it starts (RunRecord, input.json) and how it ended (RunResult, result.json).

Pure. No other code knows the members of these documents.
"""

from pushtrain.record.champion import RecordedChampion
from pushtrain.record.compared_model import ComparedModel
from pushtrain.record.image_digest import ImageDigest, describe_digest
from pushtrain.record.parent_searches import IDENTICAL, TRANSFER, ParentSearches
from pushtrain.record.recorded_step import RecordedReuse, RecordedStep, ReusedJob, build_path_name
from pushtrain.record.reproduced import Reproduced, parse_reproduced, read_reproduced
from pushtrain.record.run_record import (
    EMPTY_RECORD,
    RUN_METADATA,
    VERDICT_HASH,
    CandidateSteps,
    RecordedConfig,
    RecordedData,
    RecordedDefinition,
    RecordedGit,
    RunRecord,
    encode_metadata_value,
    list_metadata_keys,
    read_candidates,
    read_experiment,
)
from pushtrain.record.run_result import RecordedCandidate, RecordedCost, RecordedJob, RecordedTimes, RunResult
from pushtrain.record.same_run import SameRun
from pushtrain.record.trial import Trial, decode_hyperparameter, find_best_trial, shorten_hyperparameter
from pushtrain.record.unfinished import UnfinishedStep
from pushtrain.record.unknown import UNKNOWN, omit_unknown

__all__ = [
    "EMPTY_RECORD",
    "IDENTICAL",
    "RUN_METADATA",
    "TRANSFER",
    "UNKNOWN",
    "VERDICT_HASH",
    "CandidateSteps",
    "ComparedModel",
    "ImageDigest",
    "ParentSearches",
    "RecordedCandidate",
    "RecordedChampion",
    "RecordedConfig",
    "RecordedCost",
    "RecordedData",
    "RecordedDefinition",
    "RecordedGit",
    "RecordedJob",
    "RecordedReuse",
    "RecordedStep",
    "RecordedTimes",
    "Reproduced",
    "ReusedJob",
    "RunRecord",
    "RunResult",
    "SameRun",
    "Trial",
    "UnfinishedStep",
    "build_path_name",
    "decode_hyperparameter",
    "describe_digest",
    "encode_metadata_value",
    "find_best_trial",
    "list_metadata_keys",
    "omit_unknown",
    "parse_reproduced",
    "read_candidates",
    "read_experiment",
    "read_reproduced",
    "shorten_hyperparameter",
]
