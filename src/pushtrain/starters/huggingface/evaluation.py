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
    """The more likely label of each text, as numbers."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    encoded = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    return model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).logits.argmax(dim=1)


def main():
    test = load_from_disk(str(PROCESSING / "test"))
    labels = torch.tensor(test["label"])
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        predicted = predict(folder, list(test["text"]))

    found = ((predicted == 1) & (labels == 1)).sum().item()
    measured = {
        "accuracy": (predicted == labels).float().mean().item(),
        "precision": found / max(1, (predicted == 1).sum().item()),
        "recall": found / max(1, (labels == 1).sum().item()),
    }
    evaluation = {"binary_classification_metrics": {name: {"value": value} for name, value in measured.items()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    print(f"accuracy {measured['accuracy']:.3f} on {len(labels)} rows")


if __name__ == "__main__":
    main()
