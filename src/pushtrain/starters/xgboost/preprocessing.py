"""Split the houses into train, validation and test."""

import argparse
from pathlib import Path

import pandas as pd

PROCESSING = Path("/opt/ml/processing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    # `houses` is the name under `data:` in config.yaml. The price, which is to be foretold, is the first column.
    table = pd.read_csv(PROCESSING / "input" / "houses" / "houses.csv")
    table = table.sample(frac=1, random_state=args.seed)
    first, second = len(table) * 7 // 10, len(table) * 8 // 10
    parts = {"train": table[:first], "validation": table[first:second], "test": table[second:]}

    for name, part in parts.items():
        part.to_csv(PROCESSING / name / f"{name}.csv", index=False)
    print(f"{len(table)} rows → " + ", ".join(f"{name} {len(part)}" for name, part in parts.items()))


if __name__ == "__main__":
    main()
