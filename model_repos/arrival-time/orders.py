"""Read orders and turn them into features. `train.py`, `evaluation.py` and `inference.py` share it."""

import csv
import shutil
import tempfile
from pathlib import Path

import joblib
import numpy as np

COLUMNS = ("hour", "weekday", "rain", "items", "shop_lat", "shop_lon", "door_lat", "door_lon")
KM_PER_DEGREE = np.array([111.0, 88.0])  # latitude and longitude in Seoul


def read_orders(folder):
    """Return the values of COLUMNS, one row for each order, and the minutes until it arrived."""
    with Path(folder, "orders.csv").open(encoding="utf-8", newline="") as file:
        orders = list(csv.DictReader(file))
    values = np.array([[float(order[name]) for name in COLUMNS] for order in orders])
    return values, np.array([float(order["minutes"]) for order in orders])


def read_zones(archive):
    """Return the clusters of places in the model.tar.gz of the step `zones`."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(archive, folder)
        return joblib.load(Path(folder, "zones.joblib"))


def build_features(values, zones):
    """Return the values, the distance in km, and the distance from the door to the centre of each zone."""
    shop, door = values[:, 4:6] * KM_PER_DEGREE, values[:, 6:8] * KM_PER_DEGREE
    distance = np.linalg.norm(shop - door, axis=1, keepdims=True)
    return np.hstack([values[:, :4], distance, zones.transform(values[:, 6:8])])
