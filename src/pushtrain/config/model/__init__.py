"""The sections of config.yaml as frozen pydantic models, one module for each part of the file. Pure.

Each model checks its own values. Rules that need several keys at once are in `pushtrain.config.rules`.
"""

from pushtrain.config.model.candidate import Candidate
from pushtrain.config.model.choose import Choose
from pushtrain.config.model.config import Config, DataSource, Defaults, Limits
from pushtrain.config.model.distribution import Distribution, Mpi
from pushtrain.config.model.mounts import Mount, WrittenInput, read_inputs
from pushtrain.config.model.network import Kms, Network, Vpc
from pushtrain.config.model.own_steps import OWN_STEPS
from pushtrain.config.model.registration import Condition, Inference, Registration, ServingTest
from pushtrain.config.model.section import Section, compute_once
from pushtrain.config.model.steps import (
    EVALUATION,
    Evaluate,
    Preprocess,
    Processing,
    ProcessingStep,
    StepSettings,
    Train,
    TrainingStep,
)
from pushtrain.config.model.transform_step import TransformStep
from pushtrain.config.model.tune import Range, Tune

__all__ = [
    "EVALUATION",
    "OWN_STEPS",
    "Candidate",
    "Choose",
    "Condition",
    "Config",
    "DataSource",
    "Defaults",
    "Distribution",
    "Evaluate",
    "Inference",
    "Kms",
    "Limits",
    "Mount",
    "Mpi",
    "Network",
    "Preprocess",
    "Processing",
    "ProcessingStep",
    "Range",
    "Registration",
    "Section",
    "ServingTest",
    "StepSettings",
    "Train",
    "TrainingStep",
    "TransformStep",
    "Tune",
    "Vpc",
    "WrittenInput",
    "compute_once",
    "read_inputs",
]
