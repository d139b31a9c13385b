"""Measure the model on the test rows. evaluation.json has the form of SageMaker Model Monitor."""

import json
import shutil
import tempfile
from pathlib import Path

import joblib
import pandas as pd
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
TARGET = "left"


def main():
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        model = joblib.load(Path(folder, "model.joblib"))
    table = pd.read_csv(PROCESSING / "test" / "test.csv")
    labels, chances = table[TARGET], model.predict_proba(table.drop(columns=TARGET))[:, 1]
    predicted = chances >= 0.5

    measured = {
        "accuracy": accuracy_score(labels, predicted),
        "precision": precision_score(labels, predicted),
        "recall": recall_score(labels, predicted),
        "f1": f1_score(labels, predicted),
        "auc": roc_auc_score(labels, chances),
    }
    metrics = {name: {"value": float(value)} for name, value in measured.items()}
    evaluation = {"binary_classification_metrics": metrics}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))

    # What `pushtrain models report` draws: a row for each true class, and the ROC curve.
    false_rates, true_rates, _ = roc_curve(labels, chances)
    plots = {
        "confusion_matrix": {"labels": ["stays", "leaves"], "counts": confusion_matrix(labels, predicted).tolist()},
        "roc": {"false_positive_rates": false_rates.tolist(), "true_positive_rates": true_rates.tolist()},
    }
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(f"accuracy {measured['accuracy']:.3f}, auc {measured['auc']:.3f} on {len(table)} rows")


if __name__ == "__main__":
    main()
