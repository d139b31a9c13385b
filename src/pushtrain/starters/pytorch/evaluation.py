"""Measure the network on the test rows. evaluation.json has the form of SageMaker Model Monitor."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from inference import model_fn, predict_fn
from network import KINDS, read

PROCESSING = Path("/opt/ml/processing")


def main():
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        network = model_fn(folder)
    signals, kinds = read(PROCESSING / "test", "cpu")
    predicted = predict_fn(signals, network).argmax(dim=1).cpu()

    # Rows are the true kinds, columns what the network said.
    counts = torch.bincount(kinds * KINDS + predicted, minlength=KINDS * KINDS).reshape(KINDS, KINDS)
    recalls = counts.diagonal() / counts.sum(dim=1).clamp(min=1)
    metrics = {
        "confusion_matrix": {
            str(kind): {str(k): n for k, n in enumerate(row)} for kind, row in enumerate(counts.tolist())
        },
        "accuracy": {"value": counts.diagonal().sum().item() / len(kinds)},
        "macro_recall": {"value": recalls.mean().item()},
    }
    evaluation = {"multiclass_classification_metrics": metrics}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    print(f"accuracy {metrics['accuracy']['value']:.3f} on {len(kinds)} rows")


if __name__ == "__main__":
    main()
