"""Repeatable measurements: `python -m benchmarks` rewrites docs/benchmarks.md."""
