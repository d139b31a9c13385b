"""Split the orders by time: the last ones are the test, as they would be in production."""

import argparse
from pathlib import Path

PROCESSING = Path("/opt/ml/processing")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--test-size", type=float, default=0.25)
    args = parser.parse_args()

    header, *rows = (PROCESSING / "input" / "rows" / "orders.csv").read_text("utf-8").splitlines(keepends=True)
    cut = round(len(rows) * (1 - args.test_size))  # the rows are in the order of time
    for name, part in (("train", rows[:cut]), ("test", rows[cut:])):
        (PROCESSING / name / "orders.csv").write_text(header + "".join(part), "utf-8")
    print(f"{len(rows)} rows → train {cut}, test {len(rows) - cut}")


if __name__ == "__main__":
    main()
