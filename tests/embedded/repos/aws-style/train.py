import argparse
import json
import os
import pickle

from abalone.features import predict, read_rows


def load(folder, name):
    rows = [[float(value) for value in row] for row in read_rows(os.path.join(folder, f"{name} 나이테.csv"))]
    return [row[1:] for row in rows], [row[0] for row in rows]


def mse(weights, features, rings):
    return sum((predict(weights, x) - y) ** 2 for x, y in zip(features, rings, strict=True)) / len(rings)


def fit(features, rings, epochs, learning_rate):
    weights = [0.0] * (len(features[0]) + 1)
    for _ in range(epochs):
        errors = [predict(weights, x) - y for x, y in zip(features, rings, strict=True)]
        columns = [[1.0] * len(rings), *zip(*features, strict=True)]
        for i, column in enumerate(columns):
            step = sum(error * value for error, value in zip(errors, column, strict=True)) / len(rings)
            weights[i] -= learning_rate * step
    return weights


if __name__ == "__main__":
    parser = argparse.ArgumentParser()

    # hyperparameters sent by the client are passed as command-line arguments to the script
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=0.01)

    # data, model, and output directories
    parser.add_argument("--output-data-dir", type=str, default=os.environ["SM_OUTPUT_DATA_DIR"])
    parser.add_argument("--model-dir", type=str, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=str, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", type=str, default=os.environ.get("SM_CHANNEL_VALIDATION"))
    parser.add_argument("--hosts", type=json.loads, default=os.environ["SM_HOSTS"])
    parser.add_argument("--current-host", type=str, default=os.environ["SM_CURRENT_HOST"])
    parser.add_argument("--num-gpus", type=int, default=os.environ["SM_NUM_GPUS"])
    args, _ = parser.parse_known_args()

    weights = fit(*load(args.train, "train"), args.epochs, args.learning_rate)
    rmse = mse(weights, *load(args.validation, "validation")) ** 0.5
    print(f"[{args.epochs}] validation-rmse:{rmse:.5f} on {args.current_host} of {len(args.hosts)}")

    with open(os.path.join(args.output_data_dir, "training report.json"), "w") as report:
        json.dump({"validation-rmse": rmse}, report)
    with open(os.path.join(args.model_dir, "abalone-model"), "wb") as model:
        pickle.dump(weights, model)
