"""Boost trees until the validation error stops falling."""

import argparse
import os
from pathlib import Path

import pandas as pd
import xgboost as xgb

TARGET = "price"


def read(path):
    table = pd.read_csv(path)
    return xgb.DMatrix(table.drop(columns=TARGET).to_numpy(), label=table[TARGET])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", type=Path, default=os.environ["SM_CHANNEL_VALIDATION"])
    args = parser.parse_args()

    settings = {
        "objective": "reg:squarederror",
        "max_depth": args.depth,
        "eta": args.learning_rate,
        "subsample": 0.8,
        "seed": args.seed,
    }
    train, validation = read(args.train / "train.csv"), read(args.validation / "validation.csv")
    model = xgb.train(
        settings,
        train,
        num_boost_round=args.rounds,
        evals=[(train, "train"), (validation, "validation")],  # the last one decides when to stop
        early_stopping_rounds=20,
        verbose_eval=10,  # every tenth round is printed; config.yaml's `metrics` make curves of the numbers
    )
    print(f"validation_rmse={model.best_score:.3f}; after {model.best_iteration + 1} rounds")
    # SageMaker's XGBoost container finds and serves this file without any code of ours.
    model[: model.best_iteration + 1].save_model(str(args.model_dir / "xgboost-model.json"))


if __name__ == "__main__":
    main()
