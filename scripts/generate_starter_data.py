"""Write the data of the starters. It is generated from a fixed seed, so it needs no licence of other data."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator
from pathlib import Path

STARTERS = Path(__file__).parents[1] / "src" / "pushtrain" / "starters"
ROWS = 800
SAMPLES = 32  # of one signal
GOOD = ("great", "lovely", "excellent", "comfortable", "reliable", "bright", "quick", "sturdy")
BAD = ("poor", "broken", "noisy", "slow", "flimsy", "dull", "late", "useless")
PRODUCTS = ("chair", "lamp", "kettle", "headset", "backpack", "keyboard", "blanket", "bicycle")
SENTENCES = (
    "the {thing} is {word}",
    "a {word} {thing} and {word2} delivery",
    "i find this {thing} {word}",
    "my {thing} turned out {word} after a week",
    "{word} and {word2} as a {thing} should never be called ordinary",
)

Rows = Iterator[list[object]]


def generate_customers(rng: random.Random) -> Rows:
    """Customers, 1 if they left: new customers with high charges and many support calls leave more often."""
    yield ["left", "plan", "months", "monthly_charge", "support_calls"]
    for _ in range(ROWS):
        plan = rng.choice(["basic", "family", "business"])
        months, calls = rng.randint(1, 60), rng.choices(range(7), [30, 25, 18, 12, 8, 5, 2])[0]
        charge = round({"basic": 20, "family": 45, "business": 70}[plan] + rng.gauss(0, 8), 2)
        odds = 1.6 * calls - 0.12 * months + 0.05 * charge - (3 if plan == "family" else 2)
        yield [int(rng.random() < 1 / (1 + math.exp(-odds))), plan, months, charge, calls]


def generate_houses(rng: random.Random) -> Rows:
    """House prices in thousands. Area and age matter, but not linearly."""
    yield ["price", "area", "rooms", "age", "distance", "garden"]
    for _ in range(ROWS):
        area, age, garden = rng.randint(35, 220), rng.randint(0, 90), rng.randint(0, 1)
        rooms, distance = max(1, round(area / 28 + rng.gauss(0, 0.8))), round(rng.uniform(0.2, 30), 1)
        location = 160 * math.exp(-distance / 8)
        price = 40 + area * (2.1 - 0.009 * age) + location + 35 * garden + 6 * rooms + rng.gauss(0, 12)
        yield [round(price, 1), area, rooms, age, distance, garden]


def generate_signals(rng: random.Random) -> Rows:
    """Noisy waves: the kind (0 sine, 1 square, 2 sawtooth), then the samples."""
    for _ in range(ROWS):
        kind, start, turns = rng.randint(0, 2), rng.random(), rng.uniform(1.5, 3)
        phases = [(start + turns * sample / SAMPLES) % 1 for sample in range(SAMPLES)]
        yield [kind, *(round(_compute_wave(kind, phase) + rng.gauss(0, 0.25), 2) for phase in phases)]


def _compute_wave(kind: int, phase: float) -> float:
    return (math.sin(2 * math.pi * phase), 1.0 if phase < 1 / 2 else -1.0, 2 * phase - 1)[kind]


def generate_reviews(rng: random.Random) -> Rows:
    """One sentence about a product. The label is 1 if the words are positive, else 0."""
    yield ["label", "text"]
    for _ in range(ROWS):
        good = rng.randint(0, 1)
        first_word, second_word = rng.sample(GOOD if good else BAD, 2)
        sentence = rng.choice(SENTENCES)
        yield [good, sentence.format(thing=rng.choice(PRODUCTS), word=first_word, word2=second_word)]


DATA = {
    "sklearn/data/customers.csv": generate_customers,
    "xgboost/data/houses.csv": generate_houses,
    "pytorch/data/signals.csv": generate_signals,
    "huggingface/data/reviews.csv": generate_reviews,
}


def write_data(folder: Path) -> None:
    """Write each file of DATA into `folder`."""
    for name, generate_rows in DATA.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(generate_rows(random.Random(7)))


if __name__ == "__main__":
    write_data(STARTERS)
    print(f"wrote {', '.join(DATA)}")
