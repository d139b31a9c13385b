"""Prices of machines, each with the page and the date it comes from. Pure but for the reading of what ships.

In: a price table (YAML; see prices.yaml beside this module). Out: Prices, which know an instance's price in a region
or say that they do not.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from pushtrain.config import MoneyText, ProcessingInstance, Section, TrainingInstance
from pushtrain.config.issue import is_inside, quote
from pushtrain.config.validation_errors import explain_errors
from pushtrain.config.values.money import Money
from pushtrain.config.yaml.reader import read_document
from pushtrain.errors import ConfigError

SHIPPED = Path(__file__).with_name("prices.yaml")


def _date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{quote(text)} is not a date such as '2026-01-31'") from None


class PriceSheet(Section):
    """Prices of one region for one hour of one machine, on demand, as one source tells them."""

    region: Annotated[str, Field(min_length=1)]
    as_of: Annotated[str, AfterValidator(_date)]
    source: Annotated[str, Field(min_length=1)]
    training: dict[TrainingInstance, MoneyText] = Field({}, description="Price of an hour, by instance type.")
    processing: dict[ProcessingInstance, MoneyText] = Field({}, description="The same for processing jobs.")

    @property
    def rates_by_kind(self) -> dict[str, dict[str, Money]]:
        """Prices by kind of job and instance type."""
        return {"training": self.training, "processing": self.processing}


class PriceTable(Section):
    """The file: `prices`, a list of sheets."""

    prices: Annotated[tuple[PriceSheet, ...], Field(strict=False)]


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one machine costs for one hour, on demand; where and when that was said."""

    hourly: Money
    as_of: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Tables, the weightiest first: a later one is asked only where the earlier ones know nothing."""

    tables: tuple[PriceTable, ...]

    def find_price(self, region: str, kind: str, instance: str) -> Price | None:
        """The price of `instance` for jobs of `kind` (`training` or `processing`); None when nobody told it."""
        for table in self.tables:
            told = [
                (sheet, sheet.rates_by_kind.get(kind, {}).get(instance))
                for sheet in table.prices
                if sheet.region == region
            ]
            if found := [(sheet, rate) for sheet, rate in told if rate]:
                sheet, rate = max(found, key=lambda pair: pair[0].as_of)
                return Price(hourly=rate, as_of=sheet.as_of, source=sheet.source)
        return None

    def with_fallback(self, other: Prices) -> Prices:
        """These prices, and `other` where these know nothing."""
        return Prices(tables=(*self.tables, *other.tables))

    def list_sheets(self) -> Iterable[PriceSheet]:
        """All that is told, weightiest table first."""
        return (sheet for table in self.tables for sheet in table.prices)


def parse_prices(data: bytes, *, file: str) -> Prices:
    """The prices in `data`. Raises ConfigError with every problem and its line."""
    document = read_document(data, file=file, needs="`prices:`, a list")
    issues, table = list(document.issues), None
    try:
        table = PriceTable.model_validate(document.tree)
    except ValidationError as error:
        unreadable = [issue.path for issue in issues if issue.unreadable]
        told = explain_errors(error, document.mark, PriceTable)
        issues += [issue for issue in told if not any(is_inside(issue.path, path) for path in unreadable)]
    if table is None or issues:
        raise ConfigError(issue.to_problem(document.mark.find(issue.path).line, file) for issue in issues)
    return Prices(tables=(table,))


@cache
def read_shipped_prices() -> Prices:
    """The prices that come with pushtrain: few, old, and each with its source."""
    return parse_prices(SHIPPED.read_bytes(), file=SHIPPED.name)
