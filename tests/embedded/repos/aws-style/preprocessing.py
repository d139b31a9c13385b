"""Feature engineers the abalone dataset."""

import argparse
import logging
import pathlib
import random

from abalone.features import encode, read_rows, write_rows

logger = logging.getLogger()
logger.setLevel(logging.INFO)
logger.addHandler(logging.StreamHandler())

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--train-share", type=float, required=True)
    args = parser.parse_args()

    base_dir = "/opt/ml/processing"
    fn = f"{base_dir}/input/abalone/전복 자료/abalone dataset.csv"
    logger.info("Reading %s", fn)
    data = [encode(row) for row in read_rows(fn)]

    random.seed(42)
    random.shuffle(data)
    first, second = int(args.train_share * len(data)), int((1 + args.train_share) / 2 * len(data))
    for name, rows in {"train": data[:first], "validation": data[first:second], "test": data[second:]}.items():
        pathlib.Path(f"{base_dir}/{name}").mkdir(parents=True, exist_ok=True)
        write_rows(f"{base_dir}/{name}/{name} 나이테.csv", rows)
        logger.info("Wrote %d rows of %s", len(rows), name)
