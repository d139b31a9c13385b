"""Evaluate the trained model on the test data.

evaluation.json follows the schema of SageMaker Model Monitor, so the registry can show it. The arrays
of the ROC curve go to plots.json, because the gate reads evaluation.json and it must stay small.
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
RESAMPLES = 25


def compute_scores(labels, probabilities):
    predicted = probabilities >= THRESHOLD
    return {
        "accuracy": accuracy_score(labels, predicted),
        "precision": precision_score(labels, predicted),
        "recall": recall_score(labels, predicted),
        "f1": f1_score(labels, predicted),
        "auc": roc_auc_score(labels, probabilities),
    }


def compute_metrics(labels, probabilities):
    """Return each score with its standard deviation over bootstrap resamples of the test rows."""
    rows = np.random.default_rng(7).integers(len(labels), size=(RESAMPLES, len(labels)))
    resampled = [compute_scores(labels[row], probabilities[row]) for row in rows]
    return {
        name: {"value": float(value), "standard_deviation": float(np.std([draw[name] for draw in resampled]))}
        for name, value in compute_scores(labels, probabilities).items()
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        model = joblib.load(Path(folder, "model.joblib"))
    table = np.loadtxt(PROCESSING / "test" / "test.csv", delimiter=",")
    labels, probabilities = table[:, 0].astype(int), model.predict_proba(table[:, 1:])[:, 1]

    test_metrics = compute_metrics(labels, probabilities)
    counts = confusion_matrix(labels, probabilities >= THRESHOLD).tolist()
    matrix = {str(truth): {str(label): n for label, n in enumerate(row)} for truth, row in enumerate(counts)}
    false_positives, true_positives, _ = roc_curve(labels, probabilities)

    evaluation = {"binary_classification_metrics": {"confusion_matrix": matrix, **test_metrics}}
    plots = {"roc": {"false_positive_rates": false_positives.tolist(), "true_positive_rates": true_positives.tolist()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(
        f"accuracy {test_metrics['accuracy']['value']:.3f}, auc {test_metrics['auc']['value']:.3f} on {len(table)} rows"
    )


if __name__ == "__main__":
    main()
