"""Split the signals into train, validation and test: one row a signal, its kind and then its samples."""

import argparse
from pathlib import Path

import numpy as np

PROCESSING = Path("/opt/ml/processing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    # `signals` is the name under `data:` in config.yaml.
    table = np.loadtxt(PROCESSING / "input" / "signals" / "signals.csv", delimiter=",", dtype=np.float32)
    table = np.random.default_rng(args.seed).permutation(table)
    train, validation, test = np.split(table, [len(table) * 7 // 10, len(table) * 8 // 10])

    for name, part in {"train": train, "validation": validation, "test": test}.items():
        np.save(PROCESSING / name / "signals.npy", part)
    print(f"{len(table)} rows → train {len(train)}, validation {len(validation)}, test {len(test)}")


if __name__ == "__main__":
    main()
