"""What all three scripts share."""

import csv

SEXES = ("F", "I", "M")


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def encode(row):
    """Sex, length, diameter, height, weight, rings to [rings, features...]."""
    sex, *numbers, rings = row
    return [int(rings), *(int(sex == one) for one in SEXES), *map(float, numbers)]


def predict(weights, features):
    return weights[0] + sum(weight * value for weight, value in zip(weights[1:], features, strict=True))
