"""Split the handwritten digits. A row is a picture: its label, then 8 x 8 pixels from 0 to 16."""

import argparse
from pathlib import Path

import numpy as np

PROCESSING = Path("/opt/ml/processing")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    # `digits` is the name under `data:` in config.yaml.
    table = np.loadtxt(PROCESSING / "input" / "digits" / "digits.csv.gz", delimiter=",", dtype=np.uint8)
    table = np.random.default_rng(args.seed).permutation(table)
    train, validation, test = np.split(table, [len(table) * 7 // 10, len(table) * 8 // 10])

    for name, part in {"train": train, "validation": validation, "test": test}.items():
        np.save(PROCESSING / name / "digits.npy", part)
    print(f"{len(table)} rows → train {len(train)}, validation {len(validation)}, test {len(test)}")


if __name__ == "__main__":
    main()
