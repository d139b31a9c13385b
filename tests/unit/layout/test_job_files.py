"""Keys of what a job wrote."""

from __future__ import annotations

from pushtrain import layout
from tests.layout_keys import EVALUATION, RUN


def test_plots_lie_beside_the_evaluation() -> None:
    uri = layout.build_plots_key(layout.build_uri("artifacts", EVALUATION))
    assert uri == f"s3://artifacts/{RUN}/evaluate/job-1/evaluation/plots.json"
    assert layout.build_features_key(EVALUATION) == f"{RUN}/evaluate/job-1/evaluation/request_features.csv"
    assert layout.build_predictions_key(EVALUATION) == f"{RUN}/evaluate/job-1/evaluation/request_predictions.csv"
