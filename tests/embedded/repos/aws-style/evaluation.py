"""Evaluation script for measuring mean squared error."""

import json
import logging
import pathlib
import pickle
import statistics
import tarfile

from abalone.features import predict, read_rows

logger = logging.getLogger()
logger.setLevel(logging.INFO)
logger.addHandler(logging.StreamHandler())

if __name__ == "__main__":
    logger.info("Starting evaluation.")
    model_path = "/opt/ml/processing/model/model.tar.gz"
    with tarfile.open(model_path) as tar:
        tar.extractall(path=".")
    with open("abalone-model", "rb") as pickled:
        weights = pickle.load(pickled)

    test_path = "/opt/ml/processing/test/test 나이테.csv"
    rows = [[float(value) for value in row] for row in read_rows(test_path)]
    errors = [row[0] - predict(weights, row[1:]) for row in rows]
    mse = statistics.mean(error**2 for error in errors)
    report_dict = {"regression_metrics": {"mse": {"value": mse, "standard_deviation": statistics.pstdev(errors)}}}

    output_dir = "/opt/ml/processing/evaluation"
    pathlib.Path(output_dir).mkdir(parents=True, exist_ok=True)
    logger.info("Writing out evaluation report with mse: %f", mse)
    evaluation_path = f"{output_dir}/evaluation.json"
    with open(evaluation_path, "w") as f:
        f.write(json.dumps(report_dict))
