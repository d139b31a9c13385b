"""What the SageMaker scikit-learn serving container calls: 30 numbers a line in, the chance of benign out."""

from pathlib import Path

import joblib


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(features, model):
    return model.predict_proba(features)[:, 1]
