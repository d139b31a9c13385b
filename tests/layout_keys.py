"""An example of each key and prefix of `pushtrain.layout`. A change here moves objects of every model."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pushtrain import layout

RUN = "churn/runs/3f1c9a-0b42de"
KEYS = {
    "build_revision_prefix": "model-repos/churn/3f1c9a/",
    "build_compared_key": "model-repos/churn/.compared/3f1c9a-0b42de.json",
    "build_sources_prefix": "churn/source/",
    "build_source_key": "churn/source/8d969e/sourcedir.tar.gz",
    "build_definitions_prefix": "churn/definitions/",
    "build_definition_key": "churn/definitions/5e8848.json",
    "build_run_pointer_key": ".runs/3f1c9a-0b42de/churn",
    "build_start_key": ".started/8204354800000/3f1c9a-0b42de/churn",
    "build_problems_key": "churn/pushes/3f1c9a/problems.json",
    "build_reuse_key": "churn/reuse.json",
    "build_lineage_key": "churn/lineage.json",
    "build_version_index_key": ".versions/fraud",
    "build_listing_key": "churn/listings/2c26b4.json",
    "build_forgotten_key": ".forgotten/churn.json",
    "build_runs_prefix": "churn/runs/",
    "build_unfinished_key": "churn/unfinished/train/8d969e.json",
    "build_input_key": f"{RUN}/input.json",
    "build_report_key": f"{RUN}/report.html",
    "build_verdict_key": f"{RUN}/verdict.json",
    "build_result_key": f"{RUN}/result.json",
    "build_checkpoints_prefix": f"{RUN}/checkpoints/train/",
    "build_step_prefix": f"{RUN}/train",
    "build_job_prefix": f"{RUN}/train/job-1",
    "build_output_key": f"{RUN}/train/job-1/output/model.tar.gz",
    "build_answers_prefix": f"{RUN}/train/job-1/answers",
    "build_latency_key": f"{RUN}/train/job-1/latency.json",
    "build_plots_key": f"{RUN}/evaluate/job-1/evaluation/plots.json",
    "build_features_key": f"{RUN}/evaluate/job-1/evaluation/request_features.csv",
    "build_served_features_key": f"{RUN}/train/job-1/features.json",
    "build_predictions_key": f"{RUN}/evaluate/job-1/evaluation/request_predictions.csv",
    "build_packages_key": f"{RUN}/train/job-1/packages.json",
    "build_score_rows_key": ".scores/requests/churn/8c1f0d",
    "build_score_answers_prefix": ".scores/answers/churn/8c1f0d/",
    "build_approved_key": "churn/approved.json",
    "build_approved_version_key": "churn/3/approved.json",
    "build_approved_model_key": "churn/3/model.tar.gz",
    "build_decisions_prefix": "churn/3/decisions/",
    "build_decision_key": "churn/3/decisions/2026-11-21T10:00:00.123+00:00-Approved.json",
}
ANSWERS = f"{RUN}/serving-test/job-1/answers/requests.csv.out"
EVALUATION = f"{RUN}/evaluate/job-1/evaluation/evaluation.json"
ARGUMENTS = {
    "evaluation_key": EVALUATION,
    "model": "churn",
    "team": "fraud",
    "revision": "3f1c9a",
    "content_hash": "8d969e",
    "definition_hash": "5e8848",
    "countdown": "8204354800000",
    "run": "3f1c9a-0b42de",
    "identity": "2c26b4",
    "step_hash": "8d969e",
    "step": "train",
    "job": "job-1",
    "job_prefix": f"{RUN}/train/job-1",
    "path": "output/model.tar.gz",
    "score": "8c1f0d",
    "version": 3,
    "decided_at": "2026-11-21T10:00:00.123+00:00",
    "status": "Approved",
}


def build_example(name: str, arguments: Mapping[str, object] = ARGUMENTS) -> str:
    """Call a function of the layout with the arguments that it takes."""
    function: Any = getattr(layout, name)
    key: str = function(*(arguments[parameter] for parameter in inspect.signature(function).parameters))
    return key
