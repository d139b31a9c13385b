"""config.yaml: text to a Config, every problem at once. Pure: it knows nothing of AWS calls.

`load_config` is the way in; the models are what the other rooms read.
"""

from pushtrain.config.load import LoadedConfig, load_config
from pushtrain.config.metric import parse_metric
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
    Registration,
    Section,
    Step,
    Train,
    Vpc,
)

__all__ = [
    "Condition",
    "Config",
    "DataSource",
    "Distribution",
    "Evaluate",
    "Inference",
    "Kms",
    "LoadedConfig",
    "Mpi",
    "Network",
    "Preprocess",
    "Processing",
    "Registration",
    "Section",
    "Step",
    "Train",
    "Vpc",
    "load_config",
    "parse_metric",
]
