"""What the SageMaker scikit-learn serving container calls: rows with the columns of training, without `left`."""

import io
import json
from pathlib import Path

import joblib
import pandas as pd

COLUMNS = ["plan", "months", "monthly_charge", "support_calls"]


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(body, content_type):
    """Read a request as a table. The container's own input_fn reads only numbers, and `plan` is a text."""
    if content_type == "text/csv":
        return pd.read_csv(io.StringIO(body), header=None, names=COLUMNS)
    if content_type == "application/json":
        return pd.DataFrame(json.loads(body), columns=COLUMNS)
    raise ValueError(f"rows come as text/csv or application/json, not as {content_type}")


def predict_fn(rows, model):
    """Return the chance that each customer leaves."""
    return model.predict_proba(rows)[:, 1]
