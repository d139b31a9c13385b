"""Split scikit-learn's breast cancer data: 569 tumours with 30 measurements; 1 is benign, 0 is malignant."""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

PROCESSING = Path("/opt/ml/processing")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--test-size", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    features, labels = load_breast_cancer(return_X_y=True)
    table = np.column_stack([labels, features])  # the label comes first, as SageMaker's own algorithms expect
    train, test = train_test_split(table, test_size=args.test_size, random_state=args.seed, stratify=labels)

    # Each output in config.yaml is a folder here. It exists before this script starts.
    np.savetxt(PROCESSING / "train" / "train.csv", train, delimiter=",", fmt="%.10g")
    np.savetxt(PROCESSING / "test" / "test.csv", test, delimiter=",", fmt="%.10g")
    print(f"{len(table)} rows → train {len(train)}, test {len(test)}")


if __name__ == "__main__":
    main()
