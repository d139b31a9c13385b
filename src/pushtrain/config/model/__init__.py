"""The sections of config.yaml as frozen pydantic models, one module for each part of the file. Pure.

Each model checks its own values. Rules that need several keys at once are in `pushtrain.config.rules`.
"""

from pushtrain.config.model.config import Config, DataSource, Limits
from pushtrain.config.model.distribution import Distribution, Mpi
from pushtrain.config.model.network import Kms, Network, Vpc
from pushtrain.config.model.registration import Condition, Inference, Registration
from pushtrain.config.model.section import Section
from pushtrain.config.model.steps import Evaluate, Preprocess, Processing, StepSettings, Train

__all__ = [
    "Condition",
    "Config",
    "DataSource",
    "Distribution",
    "Evaluate",
    "Inference",
    "Kms",
    "Limits",
    "Mpi",
    "Network",
    "Preprocess",
    "Processing",
    "Registration",
    "Section",
    "StepSettings",
    "Train",
    "Vpc",
]
