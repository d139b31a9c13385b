from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.config.values.money import Money, parse_money


@pytest.mark.parametrize(
    ("text", "amount"), [("50 USD", "50"), (" 0.257 USD ", "0.257"), ("0.1300000001USD", "0.1300000001")]
)
def test_amounts(text: str, amount: str) -> None:
    assert parse_money(text) == Money(amount=Decimal(amount), currency="USD")


@pytest.mark.parametrize(
    "value", ["", "50", "USD", "$50", "50 usd", "1e3 USD", "-5 USD", "1,000 USD", "٥ USD", 50, 0.5, None]
)
def test_what_is_no_amount(value: object) -> None:
    with pytest.raises(
        ValueError, match=r"is not an amount of money\. Write the amount and its currency, such as 50 USD"
    ):
        parse_money(value)


@given(st.integers(0, 10**12))
def test_an_amount_survives_being_said_and_is_never_rounded_down(millionths: int) -> None:
    money = Money(amount=Decimal(millionths).scaleb(-6), currency="USD")
    if money.amount < 10**9:
        assert parse_money(str(money)) == money
    assert 0 <= money.round_up().amount - money.amount < Decimal("0.01")
