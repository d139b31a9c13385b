"""config.yaml: text to a Config, every problem at once. Pure: it knows nothing of AWS calls.

`load_config` is the way in; the models are what the other rooms read.
"""

from pushtrain.config.load import LoadedConfig, load_config
from pushtrain.config.model import (
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
    ProcessingInstance,
    Registration,
    Section,
    Step,
    Train,
    TrainingInstance,
    Vpc,
)
from pushtrain.config.repo import find_missing_paths, find_repo_warnings
from pushtrain.config.rules.data import list_evaluate_inputs, list_training_channels
from pushtrain.config.rules.register import find_serving_framework
from pushtrain.config.rules.reserved_fields import PROCESSING_RESERVED_FIELDS, TRAINING_RESERVED_FIELDS
from pushtrain.config.scripts import check_scripts
from pushtrain.config.values.metric import parse_metric
from pushtrain.config.values.money import Money, MoneyText
from pushtrain.config.values.units import format_duration

__all__ = [
    "PROCESSING_RESERVED_FIELDS",
    "TRAINING_RESERVED_FIELDS",
    "Condition",
    "Config",
    "DataSource",
    "Distribution",
    "Evaluate",
    "Inference",
    "Kms",
    "LoadedConfig",
    "Money",
    "MoneyText",
    "Mpi",
    "Network",
    "Preprocess",
    "Processing",
    "ProcessingInstance",
    "Registration",
    "Section",
    "Step",
    "Train",
    "TrainingInstance",
    "Vpc",
    "check_scripts",
    "find_missing_paths",
    "find_repo_warnings",
    "find_serving_framework",
    "format_duration",
    "list_evaluate_inputs",
    "list_training_channels",
    "load_config",
    "parse_metric",
]
