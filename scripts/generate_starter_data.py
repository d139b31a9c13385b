"""Write the data of the starters: made up by seed, so they carry nobody's rows and no licence but ours."""

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
THINGS = ("chair", "lamp", "kettle", "headset", "backpack", "keyboard", "blanket", "bicycle")
SENTENCES = (
    "the {thing} is {word}",
    "a {word} {thing} and {word2} delivery",
    "i find this {thing} {word}",
    "my {thing} turned out {word} after a week",
    "{word} and {word2} as a {thing} should never be called ordinary",
)

Rows = Iterator[list[object]]


def churn(chance: random.Random) -> Rows:
    """Customers who leave: those who are new, pay much and call support."""
    yield ["left", "plan", "months", "monthly_charge", "support_calls"]
    for _ in range(ROWS):
        plan = chance.choice(["basic", "family", "business"])
        months, calls = chance.randint(1, 60), chance.choices(range(7), [30, 25, 18, 12, 8, 5, 2])[0]
        charge = round({"basic": 20, "family": 45, "business": 70}[plan] + chance.gauss(0, 8), 2)
        odds = 1.6 * calls - 0.12 * months + 0.05 * charge - (3 if plan == "family" else 2)
        yield [int(chance.random() < 1 / (1 + math.exp(-odds))), plan, months, charge, calls]


def houses(chance: random.Random) -> Rows:
    """House prices in thousands: size and age count, but not in a straight line."""
    yield ["price", "area", "rooms", "age", "distance", "garden"]
    for _ in range(ROWS):
        area, age, garden = chance.randint(35, 220), chance.randint(0, 90), chance.randint(0, 1)
        rooms, distance = max(1, round(area / 28 + chance.gauss(0, 0.8))), round(chance.uniform(0.2, 30), 1)
        location = 160 * math.exp(-distance / 8)
        price = 40 + area * (2.1 - 0.009 * age) + location + 35 * garden + 6 * rooms + chance.gauss(0, 12)
        yield [round(price, 1), area, rooms, age, distance, garden]


def signals(chance: random.Random) -> Rows:
    """Noisy waves: 0 is a sine, 1 a square, 2 a sawtooth; then its samples."""
    for _ in range(ROWS):
        kind, start, turns = chance.randint(0, 2), chance.random(), chance.uniform(1.5, 3)
        phases = [(start + turns * sample / SAMPLES) % 1 for sample in range(SAMPLES)]
        yield [kind, *(round(_wave(kind, phase) + chance.gauss(0, 0.25), 2) for phase in phases)]


def _wave(kind: int, phase: float) -> float:
    return (math.sin(2 * math.pi * phase), 1.0 if phase < 1 / 2 else -1.0, 2 * phase - 1)[kind]


def reviews(chance: random.Random) -> Rows:
    """One sentence about a thing; 1 is a good word."""
    yield ["label", "text"]
    for _ in range(ROWS):
        good = chance.randint(0, 1)
        word, word2 = chance.sample(GOOD if good else BAD, 2)
        sentence = chance.choice(SENTENCES)
        yield [good, sentence.format(thing=chance.choice(THINGS), word=word, word2=word2)]


DATA = {
    "sklearn/data/customers.csv": churn,
    "xgboost/data/houses.csv": houses,
    "pytorch/data/signals.csv": signals,
    "huggingface/data/reviews.csv": reviews,
}


def write(folder: Path) -> None:
    """Each file of DATA below `folder`."""
    for name, rows in DATA.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows(random.Random(7)))


if __name__ == "__main__":
    write(STARTERS)
    print(f"wrote {', '.join(DATA)}")
