"""Fit gradient boosting to the orders and their zones. Save it with the zones."""

import argparse
import os
from pathlib import Path

import joblib
from orders import build_features, read_orders, read_zones
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=30)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--zones", type=Path, default=os.environ["SM_CHANNEL_ZONES"])
    args = parser.parse_args()

    values, minutes = read_orders(args.train)
    zones = read_zones(args.zones / "model.tar.gz")
    features = build_features(values, zones)
    model = GradientBoostingRegressor(
        n_estimators=args.trees, max_depth=args.depth, learning_rate=0.2, loss="absolute_error", random_state=7
    )

    cut = len(minutes) * 4 // 5  # the last fifth validates, then the model is fitted to all rows
    predicted = model.fit(features[:cut], minutes[:cut]).predict(features[cut:])
    print(f"validation_mae={mean_absolute_error(minutes[cut:], predicted):.3f};")

    model.fit(features, minutes)
    joblib.dump({"model": model, "zones": zones}, args.model_dir / "model.joblib")


if __name__ == "__main__":
    main()
