"""What a header calls its columns, in many languages and however it dresses them."""

from __future__ import annotations

import pytest

from workers.books.statements.names import currency_of_header, names_of

ROLES = {
    "date": ["Date", "Buchungstag", "Datum", "Fecha", "Data operacji", "Päivämäärä", "Tarih", "Дата", "Kirjauspäivä"],
    "description": ["Description", "Verwendungszweck", "Concepto", "Libellé", "Beskrywing", "Açıklama", "Описание"],  # noqa: RUF001
    "amount": ["Amount", "Betrag (EUR)", "Transaction Amount (USD)", "Importe", "Bedrag", "Kwota w PLN", "Summa"],
    "debit": ["Debit", "Debit/Withdrawal", "Soll", "Withdrawals", "Belastung in CHF", "Paid out", "Débit euros"],
    "credit": ["Credit", "Haben", "Deposits", "Gutschrift in CHF", "Paid in", "Crédit euros"],
    "balance": ["Balance", "Running Balance", "Saldo", "Kontostand", "Solde", "Bakiye", "Остаток"],
    "currency": ["Currency", "Währung", "Moneda", "Waluta", "Devise"],
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_a_name_stands_for_its_role_before_any_other(role: str) -> None:
    for cell in ROLES[role]:
        first = min(names_of(cell), key=lambda name: name.rank)
        assert role in {name.role for name in names_of(cell) if name.rank == first.rank}, cell


@pytest.mark.parametrize("cell", ["", "Colour", "12.50", "2018-01-01"])
def test_most_words_name_no_column(cell: str) -> None:
    assert names_of(cell) == ()


def test_a_header_may_name_the_currency() -> None:
    assert currency_of_header("Betrag in EUR") == "EUR"
    assert currency_of_header("Transaction Amount (USD)") == "USD"
    assert currency_of_header("Amount") is None
