"""Fit a random forest and save it with the code that serves it."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

TARGET = "left"
CATEGORIES = ["plan"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--depth", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    args = parser.parse_args()

    table = pd.read_csv(args.train / "train.csv")
    features, labels = table.drop(columns=TARGET), table[TARGET]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), CATEGORIES), remainder="passthrough"),
        RandomForestClassifier(n_estimators=args.trees, max_depth=args.depth, random_state=args.seed),
    )

    # Cross-validation says how good this recipe is; the model itself then learns from every row.
    print(f"validation_accuracy={cross_val_score(model, features, labels).mean():.3f};")
    model.fit(features, labels)

    joblib.dump(model, args.model_dir / "model.joblib")


if __name__ == "__main__":
    main()
