"""`distribution:` of the training job."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pushtrain.config.issue import quote
from pushtrain.config.model.section import Section

DISTRIBUTIONS = ("torch_distributed", "pytorchddp", "smdistributed", "parameter_server", "mpi")


class Mpi(Section):
    """Options of the MPI launcher."""

    processes_per_host: Annotated[int, Field(ge=1)] = Field(1, description="Processes on each instance.")
    options: str = Field("", description="Options that are passed to mpirun unchanged.")


class Distribution(Section):
    """Distributed training: exactly one of these keys."""

    torch_distributed: bool = Field(False, description="torchrun on every instance.")
    pytorchddp: bool = Field(False, description="PyTorch DDP, launched by SageMaker.")
    smdistributed: bool = Field(False, description="SageMaker's data-parallel library.")
    parameter_server: bool = Field(False, description="TensorFlow parameter servers.")
    mpi: Mpi | None = Field(None, description="MPI (Horovod).")

    @model_validator(mode="after")
    def _check_one_kind(self) -> Self:
        kinds = [kind for kind in DISTRIBUTIONS if getattr(self, kind) not in (False, None)]
        if len(kinds) != 1:
            listed = " and ".join(kinds) or "none"
            raise ValueError(f"expected exactly one of {', '.join(DISTRIBUTIONS)}, found {listed}")
        return self


def _expand_name(distribution: object) -> object:
    """Turn the short form `distribution: mpi` into the mapping `{mpi: {}}`."""
    if not isinstance(distribution, str):
        return distribution
    if distribution not in DISTRIBUTIONS:
        raise ValueError(
            f"{quote(distribution)} is not a kind of distribution. Choose one of {', '.join(DISTRIBUTIONS)}"
        )
    return {distribution: {} if distribution == "mpi" else True}


DistributionOrName = Annotated[
    Distribution,
    BeforeValidator(
        _expand_name,
        json_schema_input_type=Literal["torch_distributed", "pytorchddp", "smdistributed", "parameter_server", "mpi"]
        | Distribution,
    ),
]
