"""Measure the model on the test rows. evaluation.json has the form of SageMaker Model Monitor."""

import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

PROCESSING = Path("/opt/ml/processing")
TARGET = "price"


def main():
    model = xgb.Booster()
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(PROCESSING / "model" / "model.tar.gz", folder)
        model.load_model(str(Path(folder, "xgboost-model.json")))
    table = pd.read_csv(PROCESSING / "test" / "test.csv")
    predicted = model.predict(xgb.DMatrix(table.drop(columns=TARGET).to_numpy()))

    measured = {
        "rmse": mean_squared_error(table[TARGET], predicted) ** 0.5,
        "mae": mean_absolute_error(table[TARGET], predicted),
        "r2": r2_score(table[TARGET], predicted),
    }
    evaluation = {"regression_metrics": {name: {"value": float(value)} for name, value in measured.items()}}
    (PROCESSING / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation, indent=2))

    # What `pushtrain models report` draws: how far off each foretold price was.
    plots = {"residuals": {"predicted": predicted.tolist(), "actual": table[TARGET].tolist()}}
    (PROCESSING / "evaluation" / "plots.json").write_text(json.dumps(plots))
    print(f"rmse {measured['rmse']:.1f}, r2 {measured['r2']:.3f} on {len(table)} rows")


if __name__ == "__main__":
    main()
