"""Prices of instances, each with its source and date. Pure, except that it reads the shipped table.

Input: a price table (YAML, see prices.yaml in this folder). Output: Prices, which finds the price of an instance type
in a region, or None.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated

from msgspec import Struct
from pydantic import AfterValidator, Field, ValidationError

from pushtrain.catalog.job_kinds import PRICED_KINDS
from pushtrain.config import MoneyText, ProcessingInstance, Section, TrainingInstance, TransformInstance
from pushtrain.config.issue import is_inside, quote
from pushtrain.config.validation_errors import explain_errors
from pushtrain.config.values.money import Money
from pushtrain.config.yaml.reader import read_document
from pushtrain.errors import ConfigError

SHIPPED = Path(__file__).with_name("prices.yaml")


def _parse_date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{quote(text)} is not a date such as '2026-01-31'") from None


class PriceSheet(Section):
    """On-demand prices of one region from one source, for one hour of one instance."""

    region: Annotated[str, Field(min_length=1)]
    as_of: Annotated[str, AfterValidator(_parse_date)]
    source: Annotated[str, Field(min_length=1)]
    training: dict[TrainingInstance, MoneyText] = Field({}, description="Price of an hour, by instance type.")
    processing: dict[ProcessingInstance, MoneyText] = Field({}, description="The same for processing jobs.")
    transform: dict[TransformInstance, MoneyText] = Field({}, description="The same for batch transform jobs.")

    @property
    def rates_by_kind(self) -> dict[str, dict[str, Money]]:
        """Prices by kind of job, then by instance type."""
        return {kind.name: getattr(self, kind.name) for kind in PRICED_KINDS}


class PriceTable(Section):
    """A price table file: `prices` is a list of sheets."""

    prices: Annotated[tuple[PriceSheet, ...], Field(strict=False)]


class Price(Struct, frozen=True, kw_only=True):
    """What one instance costs for one hour on demand, with date and source."""

    hourly: Money
    as_of: str
    source: str


class Prices(Struct, frozen=True, kw_only=True):
    """Price tables in order of priority: a later one is used only if the earlier ones have no price."""

    tables: tuple[PriceTable, ...]

    def find_price(self, region: str, kind: str, instance: str) -> Price | None:
        """Return the price of `instance` for jobs of `kind` (`training` or `processing`); None if unknown."""
        for table in self.tables:
            sheets = [sheet for sheet in table.prices if sheet.region == region]
            rates = [(sheet, sheet.rates_by_kind.get(kind, {}).get(instance)) for sheet in sheets]
            if offers := [(sheet, rate) for sheet, rate in rates if rate]:
                sheet, rate = max(offers, key=lambda pair: pair[0].as_of)
                return Price(hourly=rate, as_of=sheet.as_of, source=sheet.source)
        return None

    def with_fallback(self, other: Prices) -> Prices:
        """Return these prices, with `other` for what they do not contain."""
        return Prices(tables=(*self.tables, *other.tables))

    def list_sheets(self) -> Iterable[PriceSheet]:
        """Yield all sheets, those of the most important table first."""
        return (sheet for table in self.tables for sheet in table.prices)


def parse_prices(data: bytes, *, file: str) -> Prices:
    """Parse a price table. Raises ConfigError with every problem and its line."""
    document = read_document(data, file=file, needs="`prices:`, a list")
    issues, table = list(document.issues), None
    try:
        table = PriceTable.model_validate(document.tree)
    except ValidationError as error:
        unreadable = [issue.path for issue in issues if issue.unreadable]
        new_issues = explain_errors(error, document.mark, PriceTable)
        issues += [issue for issue in new_issues if not any(is_inside(issue.path, path) for path in unreadable)]
    if table is None or issues:
        raise ConfigError(issue.to_problem(document.mark.find(issue.path).line, file) for issue in issues)
    return Prices(tables=(table,))


@cache
def read_shipped_prices() -> Prices:
    """Return the prices shipped with pushtrain: few, old, and each with its source."""
    return parse_prices(SHIPPED.read_bytes(), file=SHIPPED.name)
