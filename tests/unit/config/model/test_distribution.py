"""`train.distribution`, in its short and in its long form."""

from __future__ import annotations

import pytest

from pushtrain.config import Distribution, Mpi
from tests.unit.config.sample_configs import list_problems, load_train

CONFIG = "model: churn\ntrain: {{framework: pytorch 2.6, distribution: {}}}\n"


@pytest.mark.parametrize(
    ("text", "distribution"),
    [
        ("torch_distributed", Distribution(torch_distributed=True)),
        ("{smdistributed: true}", Distribution(smdistributed=True)),
        ("mpi", Distribution(mpi=Mpi())),
        ("{mpi: {processes_per_host: 8, options: -v}}", Distribution(mpi=Mpi(processes_per_host=8, options="-v"))),
    ],
)
def test_a_name_or_a_mapping(text: str, distribution: Distribution) -> None:
    assert load_train(CONFIG.format(text)).distribution == distribution


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("horovod", "'horovod' is not a kind of distribution. Choose one of torch_distributed, pytorchddp,"),
        ("{mpi: {}, pytorchddp: true}", "expected exactly one of torch_distributed, pytorchddp,"),
        ("{pytorchddp: false}", "smdistributed, parameter_server, mpi, found none"),
    ],
)
def test_exactly_one_kind(text: str, expected: str) -> None:
    (problem,) = list_problems(CONFIG.format(text))
    assert expected in problem
