"""Measure the model on the test rows. evaluation.json has the form of SageMaker Model Monitor."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from datasets import load_from_disk
from transformers import AutoModelForSequenceClassification, AutoTokenizer

PROCESSING = Path("/opt/ml/processing")


@torch.no_grad()
def predict(folder, texts):
    """How likely each text is good, from 0 to 1."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    encoded = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    return model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).logits.softmax(dim=1)[:, 1]


def main():
    test = load_from_disk(str(PROCESSING / "test"))
    labels = torch.tensor(test["label"])
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        chances = predict(folder, list(test["text"]))
    predicted = (chances >= 0.5).long()

    true_positives = ((predicted == 1) & (labels == 1)).sum().item()
    measured = {
        "accuracy": (predicted == labels).float().mean().item(),
        "precision": true_positives / max(1, (predicted == 1).sum().item()),
        "recall": true_positives / max(1, (labels == 1).sum().item()),
    }
    evaluation = {"binary_classification_metrics": {name: {"value": value} for name, value in measured.items()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))

    # What `pushtrain models report` draws: a row for each true class, and the ROC curve, likeliest text first.
    counts = torch.bincount(2 * labels + predicted, minlength=4).reshape(2, 2)
    ranked = labels[chances.argsort(descending=True)]
    false_rates, true_rates = (1 - ranked).cumsum(0) / (1 - ranked).sum(), ranked.cumsum(0) / ranked.sum()
    plots = {
        "confusion_matrix": {"labels": ["bad", "good"], "counts": counts.tolist()},
        "roc": {
            "false_positive_rates": [0.0, *false_rates.tolist()],
            "true_positive_rates": [0.0, *true_rates.tolist()],
        },
    }
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(f"accuracy {measured['accuracy']:.3f} on {len(labels)} rows")


if __name__ == "__main__":
    main()
