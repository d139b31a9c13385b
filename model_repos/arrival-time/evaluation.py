"""Evaluate the model on the orders that came last."""

import json
import shutil
import tempfile
from pathlib import Path

import joblib
import numpy as np
from orders import build_features, read_orders, read_zones

PROCESSING = Path("/opt/ml/processing")
CLOSE = 5  # minutes
POINTS = 300  # of the residual plot


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        model = joblib.load(Path(folder, "model.joblib"))["model"]
    values, minutes = read_orders(PROCESSING / "test")
    zones = read_zones(PROCESSING / "zones" / "model.tar.gz")
    predicted = model.predict(build_features(values, zones))

    errors = predicted - minutes
    evaluation = {
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt((errors**2).mean())),
        "within_5_minutes": float((np.abs(errors) <= CLOSE).mean()),
    }
    plots = {"residuals": {"predicted": predicted[:POINTS].tolist(), "actual": minutes[:POINTS].tolist()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(f"mae {evaluation['mae']:.2f} minutes, {evaluation['within_5_minutes']:.0%} within 5 minutes")


if __name__ == "__main__":
    main()
