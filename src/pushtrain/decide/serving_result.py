"""What became of the serving test: part of the verdict, and how it reads in one line. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pushtrain.decide.row_comparison import RowComparison

Outcome = Literal["passed", "failed", "skipped"]


class ServingResult(Struct, frozen=True, kw_only=True):
    """The serving test of the model. `job` is the transform job, `requests` the S3 URI of its requests.

    `skipped`: this computer cannot imitate the image, so the model was not tested; `reason` says why. It also says why
    a test failed. `rows` and `answers` count requests and lines of answers. `p50` and `p90` are milliseconds of a
    request, measured on this computer only, and None on AWS; `within` is the limit for p90 there, None without one.
    `comparisons` are those with files of the evaluation, as config.yaml asks for them.
    """

    outcome: Outcome
    job: str
    requests: str
    reason: str = ""
    rows: int = 0
    answers: int = 0
    p50: float | None = None
    p90: float | None = None
    within: int | None = None
    comparisons: tuple[RowComparison, ...] = ()

    @property
    def serves(self) -> bool:
        """True unless the model failed the test."""
        return self.outcome != "failed"

    @property
    def holds(self) -> bool:
        """True if the model serves, and its rows are those of its evaluation."""
        return self.serves and all(comparison.holds for comparison in self.comparisons)

    @property
    def fault(self) -> str:
        """Why the model must not be registered; empty if it may be."""
        reason = "" if self.serves else f"does not serve: {self.reason}"
        different = (f"{compared.label}: {compared.describe()}" for compared in self.comparisons if not compared.holds)
        return "; ".join(filter(None, (reason, *different)))

    def describe(self) -> str:
        """Return the result in one line: `3 of 3 requests answered; p50 2 ms, p90 4 ms on this computer`."""
        if self.outcome == "skipped":
            return f"not tested: {self.reason}"
        if self.outcome == "failed":
            return f"failed: {self.reason}"
        count = f"{self.rows} of {self.rows} request{'s' if self.rows != 1 else ''} answered"
        if self.p50 is None or self.p90 is None:
            return count
        limit = f" (within {self.within} ms)" if self.within else ""
        return f"{count}; p50 {self.p50:.0f} ms, p90 {self.p90:.0f} ms{limit} on this computer"
