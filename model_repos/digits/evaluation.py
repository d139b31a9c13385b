"""Evaluate the trained network on the test data. evaluation.json follows the schema of SageMaker Model Monitor."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from inference import model_fn, predict_fn
from network import load_digits

PROCESSING = Path("/opt/ml/processing")
RESAMPLES = 100


def count_predictions(labels, predicted):
    """Return the confusion matrix: a row for each true digit, a column for each predicted digit."""
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def compute_scores(matrix):
    """Return the scores. Weighted scores are averages over the digits, weighted by how often a digit occurs."""
    hits, weights = matrix.diagonal(), matrix.sum(axis=1) / matrix.sum()
    recall = hits / np.maximum(matrix.sum(axis=1), 1)
    precision = hits / np.maximum(matrix.sum(axis=0), 1)
    f1 = 2 * hits / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)
    return {
        "accuracy": hits.sum() / matrix.sum(),
        "weighted_recall": weights @ recall,
        "weighted_precision": weights @ precision,
        "weighted_f1": weights @ f1,
    }


def compute_metrics(labels, predicted):
    """Return each score with its standard deviation over bootstrap resamples of the test rows."""
    rows = np.random.default_rng(7).integers(len(labels), size=(RESAMPLES, len(labels)))
    resampled = [compute_scores(count_predictions(labels[row], predicted[row])) for row in rows]
    return {
        name: {"value": float(value), "standard_deviation": float(np.std([draw[name] for draw in resampled]))}
        for name, value in compute_scores(count_predictions(labels, predicted)).items()
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        network = model_fn(folder)
    device = next(network.parameters()).device
    pixels, labels = load_digits(PROCESSING / "test" / "digits.npy", device)
    labels, predicted = labels.cpu().numpy(), predict_fn(pixels, network).argmax(dim=1).cpu().numpy()

    test_metrics = compute_metrics(labels, predicted)
    matrix = count_predictions(labels, predicted).tolist()
    counts = {str(truth): {str(label): n for label, n in enumerate(row)} for truth, row in enumerate(matrix)}
    evaluation = {"multiclass_classification_metrics": {"confusion_matrix": counts, **test_metrics}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    print(f"accuracy {test_metrics['accuracy']['value']:.3f} on {len(labels)} rows")


if __name__ == "__main__":
    main()
