"""Amounts of money: "50 USD" becomes an exact Money. Pure; amounts are Decimal, never float."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from msgspec import Struct
from pydantic import BeforeValidator, InstanceOf, PlainSerializer, WithJsonSchema

from pushtrain.config.issue import quote

CENT = Decimal("0.01")
_MONEY = re.compile(r"(\d{1,9}(?:\.\d{1,10})?) ?([A-Z]{3})", re.ASCII)  # the AWS price list has ten decimals


class Money(Struct, frozen=True, kw_only=True):
    """An exact amount in one currency, an ISO 4217 code such as USD."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def round_up(self) -> Money:
        """Return this amount rounded up to whole cents."""
        return Money(amount=self.amount.quantize(CENT, ROUND_CEILING), currency=self.currency)


def parse_money(value: object) -> Money:
    """Parse "50 USD" or "0.257 USD". Raises ValueError that shows the expected form."""
    if isinstance(value, Money):
        return value
    match = _MONEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        description = (
            quote(value) if isinstance(value, str) else str(value) if isinstance(value, int | float) else "this"
        )
        raise ValueError(f"{description} is not an amount of money. Write the amount and its currency, such as 50 USD")
    return Money(amount=Decimal(match[1]), currency=match[2])


def check_above_zero(money: Money) -> Money:
    """Return `money` if it is more than zero. Raises ValueError."""
    if not money.amount:
        raise ValueError(f"with a limit of {money} no run can start. Write an amount above 0, or remove the limit")
    return money


MoneyText = Annotated[
    InstanceOf[Money],
    BeforeValidator(parse_money),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,9}(\.\d{1,10})? ?[A-Z]{3}\s*$", "examples": ["50 USD"]}),
]
