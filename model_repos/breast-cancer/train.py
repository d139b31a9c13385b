"""Fit a logistic regression and save it with the code that serves it."""

import argparse
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--regularization", type=float, default=1.0, help="larger values give a simpler model")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    args = parser.parse_args()

    table = np.loadtxt(args.train / "train.csv", delimiter=",")
    labels, features = table[:, 0].astype(int), table[:, 1:]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / args.regularization, max_iter=1000))

    # Cross-validation estimates the accuracy. The model itself is then fitted to all rows.
    accuracy = cross_val_score(model, features, labels, cv=args.folds).mean()
    print(f"validation_accuracy={accuracy:.3f};")

    model.fit(features, labels)
    joblib.dump(model, args.model_dir / "model.joblib")


if __name__ == "__main__":
    main()
