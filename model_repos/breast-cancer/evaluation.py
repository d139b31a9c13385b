"""Measure the trained model on the test data.

evaluation.json follows the schema of SageMaker Model Monitor, so the registry can show it. The arrays
of the ROC curve go to plots.json: evaluation.json is read by the gate and has to stay small.
"""

import json
import shutil
import tempfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

PROCESSING = Path("/opt/ml/processing")
THRESHOLD = 0.5
RESAMPLES = 100


def scores(labels, chances):
    predicted = chances >= THRESHOLD
    return {
        "accuracy": accuracy_score(labels, predicted),
        "precision": precision_score(labels, predicted),
        "recall": recall_score(labels, predicted),
        "f1": f1_score(labels, predicted),
        "auc": roc_auc_score(labels, chances),
    }


def metrics(labels, chances):
    """Each score with its standard deviation over bootstrap resamples of the test rows."""
    rows = np.random.default_rng(7).integers(len(labels), size=(RESAMPLES, len(labels)))
    resampled = [scores(labels[row], chances[row]) for row in rows]
    return {
        name: {"value": float(value), "standard_deviation": float(np.std([draw[name] for draw in resampled]))}
        for name, value in scores(labels, chances).items()
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        model = joblib.load(Path(folder, "model.joblib"))
    table = np.loadtxt(PROCESSING / "test" / "test.csv", delimiter=",")
    labels, chances = table[:, 0].astype(int), model.predict_proba(table[:, 1:])[:, 1]

    measured = metrics(labels, chances)
    counts = confusion_matrix(labels, chances >= THRESHOLD).tolist()
    named = {str(truth): {str(said): n for said, n in enumerate(row)} for truth, row in enumerate(counts)}
    false_positives, true_positives, _ = roc_curve(labels, chances)

    evaluation = {"binary_classification_metrics": {"confusion_matrix": named, **measured}}
    plots = {"roc": {"false_positive_rates": false_positives.tolist(), "true_positive_rates": true_positives.tolist()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(f"accuracy {measured['accuracy']['value']:.3f}, auc {measured['auc']['value']:.3f} on {len(table)} rows")


if __name__ == "__main__":
    main()
