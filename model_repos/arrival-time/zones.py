"""Group the doors of all orders into zones. No arrival times are read, so nothing of the test leaks."""

import argparse
import os
from pathlib import Path

import joblib
import numpy as np
from orders import read_orders
from sklearn.cluster import KMeans


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--zones", type=int, default=12)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--rows", type=Path, default=os.environ["SM_CHANNEL_ROWS"])
    args = parser.parse_args()

    values, _ = read_orders(args.rows)
    zones = KMeans(n_clusters=args.zones, n_init=4, random_state=7).fit(values[:, 6:8])
    joblib.dump(zones, args.model_dir / "zones.joblib")
    print(f"{args.zones} zones, the smallest with {np.bincount(zones.labels_).min()} orders")


if __name__ == "__main__":
    main()
