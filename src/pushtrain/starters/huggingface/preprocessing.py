"""Split the reviews into train, validation and test, each saved as a dataset of `text` and `label`."""

import argparse
from pathlib import Path

import pandas as pd
from datasets import Dataset

PROCESSING = Path("/opt/ml/processing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    # `reviews` is the name under `data:` in config.yaml.
    table = pd.read_csv(PROCESSING / "input" / "reviews" / "reviews.csv")
    table = table.sample(frac=1, random_state=args.seed)
    first, second = len(table) * 7 // 10, len(table) * 8 // 10
    parts = {"train": table[:first], "validation": table[first:second], "test": table[second:]}

    for name, part in parts.items():
        Dataset.from_pandas(part, preserve_index=False).save_to_disk(str(PROCESSING / name))
    print(f"{len(table)} rows → " + ", ".join(f"{name} {len(part)}" for name, part in parts.items()))


if __name__ == "__main__":
    main()
