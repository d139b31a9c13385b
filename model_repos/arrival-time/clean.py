"""Remove orders that are given twice, that have no arrival, or that took an impossible time."""

import csv
from pathlib import Path

PROCESSING = Path("/opt/ml/processing")
LONGEST = 180  # minutes


def is_usable(order: dict) -> bool:
    return bool(order["minutes"]) and 0 < float(order["minutes"]) <= LONGEST


def main() -> None:
    with Path(PROCESSING, "input", "orders", "orders.csv").open(encoding="utf-8", newline="") as file:
        orders = list(csv.DictReader(file))
    unique = {order["order"]: order for order in orders}
    usable = [order for order in unique.values() if is_usable(order)]
    with Path(PROCESSING, "rows", "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(orders[0]))
        writer.writeheader()
        writer.writerows(usable)
    print(f"{len(orders)} orders → {len(usable)} usable")


if __name__ == "__main__":
    main()
