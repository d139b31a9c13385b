"""Split the customers into train and test."""

import argparse
from pathlib import Path

import pandas as pd

PROCESSING = Path("/opt/ml/processing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--test-size", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    # `customers` is the name under `data:` in config.yaml.
    table = pd.read_csv(PROCESSING / "input" / "customers" / "customers.csv")
    # The same share of those who left in test as in train.
    test = table.groupby("left").sample(frac=args.test_size, random_state=args.seed)
    train = table.drop(test.index)

    # Each output of this step is a folder that is there already: train and test, unless config.yaml says otherwise.
    train.to_csv(PROCESSING / "train" / "train.csv", index=False)
    test.to_csv(PROCESSING / "test" / "test.csv", index=False)
    print(f"{len(table)} rows → train {len(train)}, test {len(test)}")


if __name__ == "__main__":
    main()
