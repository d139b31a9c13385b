"""Read and check config.yaml: its text becomes a Config, or a ConfigError with all problems at once. Pure.

Start with `load_config`. The other names are the models of the file and functions about their values.

Each module is imported when one of its names is first used: the models of the file are slow to import, and a command
that only looks at runs does not need them.
"""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.config.arguments import warn_misread_values
    from pushtrain.config.candidates import (
        find_candidate,
        find_candidate_evaluation,
        find_candidate_model,
        find_inputs_path,
        find_step_path,
        list_evaluation_sources,
        list_steps,
        list_variants,
        select_variant,
    )
    from pushtrain.config.champion import ChampionEvaluation, compares_champion, list_champion_evaluations
    from pushtrain.config.conditions import CONDITION_KINDS, Bound, ChampionBound, ConditionKind, Direction
    from pushtrain.config.dataflow import (
        Input,
        Output,
        Source,
        Step,
        find_evaluation_source,
        find_model_source,
        find_trainer,
        list_compared,
        list_tuned,
        split_transform_inputs,
    )
    from pushtrain.config.inference_files import find_inference_code_problems
    from pushtrain.config.load import LoadedConfig, load_config
    from pushtrain.config.model import (
        EVALUATION,
        Candidate,
        Choose,
        Condition,
        Config,
        DataSource,
        Distribution,
        Evaluate,
        Inference,
        Kms,
        Mpi,
        Network,
        Preprocess,
        Processing,
        Range,
        Registration,
        Section,
        ServingTest,
        StepSettings,
        Train,
        TransformStep,
        Tune,
        Vpc,
    )
    from pushtrain.config.registry_metadata import (
        ARTIFACT_METADATA,
        CANDIDATE_METADATA,
        REPORT_METADATA,
        VERDICT_METADATA,
        names_verdict,
    )
    from pushtrain.config.repo import find_missing_paths, find_repo_warnings, find_reserved_paths
    from pushtrain.config.request_files import find_request_file_problems
    from pushtrain.config.requirements import check_requirements
    from pushtrain.config.rules.register import find_serving_framework
    from pushtrain.config.script_folders import warn_about_folders
    from pushtrain.config.scripts import check_scripts
    from pushtrain.config.settings import parse_settings
    from pushtrain.config.values.fields import ECR_IMAGE, SERVING_TEST
    from pushtrain.config.values.instances import ProcessingInstance, TrainingInstance, TransformInstance
    from pushtrain.config.values.metric import format_metric_path, parse_metric
    from pushtrain.config.values.money import Money, MoneyText
    from pushtrain.config.values.units import format_duration

NAMES = {
    ".arguments": ("warn_misread_values",),
    ".candidates": (
        "find_candidate",
        "find_candidate_evaluation",
        "find_candidate_model",
        "find_inputs_path",
        "find_step_path",
        "list_evaluation_sources",
        "list_steps",
        "list_variants",
        "select_variant",
    ),
    ".champion": ("ChampionEvaluation", "compares_champion", "list_champion_evaluations"),
    ".conditions": ("CONDITION_KINDS", "Bound", "ChampionBound", "ConditionKind", "Direction"),
    ".dataflow": (
        "Input",
        "Output",
        "Source",
        "Step",
        "find_evaluation_source",
        "find_model_source",
        "find_trainer",
        "list_compared",
        "list_tuned",
        "split_transform_inputs",
    ),
    ".load": ("LoadedConfig", "load_config"),
    ".model": (
        "EVALUATION",
        "Candidate",
        "Choose",
        "Condition",
        "Config",
        "DataSource",
        "Distribution",
        "Evaluate",
        "Inference",
        "Kms",
        "Mpi",
        "Network",
        "Preprocess",
        "Processing",
        "Range",
        "Registration",
        "Section",
        "ServingTest",
        "StepSettings",
        "Train",
        "TransformStep",
        "Tune",
        "Vpc",
    ),
    ".repo": ("find_missing_paths", "find_repo_warnings", "find_reserved_paths"),
    ".inference_files": ("find_inference_code_problems",),
    ".request_files": ("find_request_file_problems",),
    ".requirements": ("check_requirements",),
    ".registry_metadata": (
        "ARTIFACT_METADATA",
        "CANDIDATE_METADATA",
        "REPORT_METADATA",
        "VERDICT_METADATA",
        "names_verdict",
    ),
    ".rules.register": ("find_serving_framework",),
    ".script_folders": ("warn_about_folders",),
    ".scripts": ("check_scripts",),
    ".settings": ("parse_settings",),
    ".values.fields": ("ECR_IMAGE", "SERVING_TEST"),
    ".values.instances": ("ProcessingInstance", "TrainingInstance", "TransformInstance"),
    ".values.metric": ("format_metric_path", "parse_metric"),
    ".values.money": ("Money", "MoneyText"),
    ".values.units": ("format_duration",),
}
__all__ = [
    "ARTIFACT_METADATA",
    "CANDIDATE_METADATA",
    "CONDITION_KINDS",
    "ECR_IMAGE",
    "EVALUATION",
    "REPORT_METADATA",
    "SERVING_TEST",
    "VERDICT_METADATA",
    "Bound",
    "Candidate",
    "ChampionBound",
    "ChampionEvaluation",
    "Choose",
    "Condition",
    "ConditionKind",
    "Config",
    "DataSource",
    "Direction",
    "Distribution",
    "Evaluate",
    "Inference",
    "Input",
    "Kms",
    "LoadedConfig",
    "Money",
    "MoneyText",
    "Mpi",
    "Network",
    "Output",
    "Preprocess",
    "Processing",
    "ProcessingInstance",
    "Range",
    "Registration",
    "Section",
    "ServingTest",
    "Source",
    "Step",
    "StepSettings",
    "Train",
    "TrainingInstance",
    "TransformInstance",
    "TransformStep",
    "Tune",
    "Vpc",
    "check_requirements",
    "check_scripts",
    "compares_champion",
    "find_candidate",
    "find_candidate_evaluation",
    "find_candidate_model",
    "find_evaluation_source",
    "find_inference_code_problems",
    "find_inputs_path",
    "find_missing_paths",
    "find_model_source",
    "find_repo_warnings",
    "find_request_file_problems",
    "find_reserved_paths",
    "find_serving_framework",
    "find_step_path",
    "find_trainer",
    "format_duration",
    "format_metric_path",
    "list_champion_evaluations",
    "list_compared",
    "list_evaluation_sources",
    "list_steps",
    "list_tuned",
    "list_variants",
    "load_config",
    "names_verdict",
    "parse_metric",
    "parse_settings",
    "select_variant",
    "split_transform_inputs",
    "warn_about_folders",
    "warn_misread_values",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
