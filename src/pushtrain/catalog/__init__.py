"""Room of pushtrain; see docs/architecture.md."""
