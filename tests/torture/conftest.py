"""Print the figures of the fault trials at the end: one line for each handler."""

from __future__ import annotations

from typing import Any

from tests.torture.fault_trials import PROBLEMS

WIDTH = 40


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for name in ("passed", "failed") for report in terminalreporter.stats.get(name, ())]
    rows = [value for report in reports for name, value in report.user_properties if name == "faults"]
    if not rows:
        return
    terminalreporter.section("faults of AWS calls")
    terminalreporter.write_line("".join((f"{'event':<{WIDTH}}{'trials':>7}", *(f"{word:>11}" for word in PROBLEMS))))
    for row in sorted(rows, key=lambda row: str(row["name"])):
        counts = (f"{row[word]:>11}" for word in PROBLEMS)
        terminalreporter.write_line("".join((f"{row['name']:<{WIDTH}}{row['trials']:>7}", *counts)))
    totals = (f"{sum(row[word] for row in rows):>11}" for word in PROBLEMS)
    terminalreporter.write_line("".join((f"{'all':<{WIDTH}}{sum(row['trials'] for row in rows):>7}", *totals)))
