"""What the SageMaker scikit-learn serving container calls: rows with the columns of training, without `left`."""

from pathlib import Path

import joblib
import pandas as pd

COLUMNS = ["plan", "months", "monthly_charge", "support_calls"]


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(rows, model):
    """The chance that each customer leaves."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = COLUMNS[1:]
    return model.predict_proba(table.assign(**table[numbers].astype(float)))[:, 1]
