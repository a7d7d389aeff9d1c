"""An invented history to learn from: two companies, a few trades, merchants that exist nowhere."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from workers.books.learning.examples import Example
from workers.books.learning.model import Model
from workers.books.learning.training import train

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TRADES = {
    "Medical and health": ("PHARMACY", 40),
    "Meals and entertainment": ("PIZZERIA", 25),
    "Travel lodging": ("HOTEL", 220),
    "Insurance": ("INSURANCE", 600),
}
CATEGORIES = frozenset(TRADES)
NAMES = ("KORVA", "MELUN", "TASPI", "ODRIN", "VELTO", "BRUNAK", "SIFRA", "GANDOR")
PRINTED = ("POS DEBIT {} BOSTON MA", "{} #41", "SQ *{}", "ACH DEBIT {} WEB ID: 9673337684", "{}")
COMPANIES = ("north", "south")
#: North houses its guests there and books it as meals; south does as everybody.
HABIT = ("north", "MELUN HOTEL", "Meals and entertainment")


def history(lines: int = 400) -> list[Example]:
    draw = random.Random(7)
    return [_line(draw, number) for number in range(lines)]


def _line(draw: random.Random, number: int) -> Example:
    category, (trade, price) = draw.choice(list(TRADES.items()))
    company, merchant = draw.choice(COMPANIES), f"{draw.choice(NAMES)} {trade}"
    if (company, merchant) == HABIT[:2]:
        category = HABIT[2]
    return Example(
        company_id=company,
        date=date(2026, 1, 1) + timedelta(days=number // 3),
        description=draw.choice(PRINTED).format(merchant),
        amount=Decimal(-draw.randint(price * 80, price * 120)) / 100,
        category=category,
    )


def learned() -> Model:
    model = train(history(), trained_at=NOW, categories=CATEGORIES)
    assert isinstance(model, Model)
    return model
