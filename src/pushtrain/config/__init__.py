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
from pushtrain.config.repo import check_repo, repo_warnings
from pushtrain.config.rules.data import channels_of, inputs_of
from pushtrain.config.rules.register import serving_framework
from pushtrain.config.rules.reserved_fields import PROCESSING_OWNED, TRAINING_OWNED
from pushtrain.config.scripts import check_scripts
from pushtrain.config.values.metric import parse_metric
from pushtrain.config.values.money import Money, MoneyText
from pushtrain.config.values.units import duration_text

__all__ = [
    "PROCESSING_OWNED",
    "TRAINING_OWNED",
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
    "channels_of",
    "check_repo",
    "check_scripts",
    "duration_text",
    "inputs_of",
    "load_config",
    "parse_metric",
    "repo_warnings",
    "serving_framework",
]
