"""Whether minus is money out, where a file prints amounts in one column and no word says what they are.

Most accounts print what goes out with a minus; most cards print charges without a sign. Which of the two a file is,
its balances prove, or what is only ever called one thing: a withdrawal, a card that was paid. Else a person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from workers.books.statements.ledger import Ledger
from workers.books.statements.money import Money
from workers.books.statements.names import CARDS, MERCHANTS, SURE_CARDS, TIER, first_rank
from workers.books.statements.places import IBAN, SORT_CODE
from workers.books.statements.questions import Question, choice, likeliest_first
from workers.books.statements.refusal import refuse_column
from workers.books.statements.words import CARD_PAID, IN, OUT, SURELY_IN, SURELY_OUT, TAKEN_BACK, simplify

#: Lines whose descriptions are looked at.
MOST_LINES = 2_000
#: As many lines as must say that the signs are the other way around, where others say nothing.
LEAST_WITNESSES = 2
#: Different merchants that make a list of purchases, and the share of lines with them that must be printed alike.
LEAST_MERCHANTS = 3
MOSTLY = 0.8
#: A card has so many charges for each payment.
FEW_PAYMENTS = 3
LEAST_LETTERS = 2
#: Where names of dates of booking and of use begin.
BOOKED, USED = first_rank("date", "booked") // TIER, first_rank("date", "transaction") // TIER


class Kind(msgspec.Struct, frozen=True):
    """What a file is of, as its headers, titles and numbers say; both may be so."""

    #: Words tell of a card, or of its number.
    card: bool
    #: They tell of nothing else: of its holder, of credit.
    surely_card: bool
    #: Only of use for a likely answer: an IBAN, a sort code or a balance beside each line tell of an account.
    account: bool


def settle_signs(
    money: Money, ledger: Ledger, descriptions: Sequence[str], proven: int | None, kind: Kind
) -> Money:
    """The amounts from the account holder's side; raises Question where nothing tells.

    ``proven`` is the sign by which the file's balances bear the amounts out.
    """
    if money.stated:
        return money
    witnesses = _Witnesses(money, ledger, descriptions)
    # The balance of a card is what is owed: it rises with each charge, as an account's does with money in.
    if proven == 1 and not kind.card and not witnesses.card_was_paid:
        return money
    if proven == -1:
        if witnesses.minuses:
            raise _ask(money, "has signs that its balances turn around", reverse=True)
        return money.turned()
    if not witnesses.minuses:
        return _all_positive(money, witnesses, kind)
    return _both(money, witnesses, kind)


def _all_positive(money: Money, witnesses: _Witnesses, kind: Kind) -> Money:
    """Nothing is printed with a minus: either all is money in, or none is."""
    if not any(money.amounts):
        return money
    if (
        (witnesses.against or witnesses.card_was_paid)
        and not witnesses.fitting
        and not witnesses.kinds_differ
    ):
        return money.turned()
    if witnesses.fitting == len(money.amounts):
        return money
    fault = "has only positive numbers, which may be money in or charges"
    raise _ask(money, fault, reverse=not kind.account and (kind.card or witnesses.hint_at_card))


def _both(money: Money, witnesses: _Witnesses, kind: Kind) -> Money:
    if witnesses.card_was_paid or (witnesses.against >= LEAST_WITNESSES and not witnesses.fitting):
        return money.turned()
    if witnesses.against and not witnesses.fitting:
        raise _ask(money, "has a sign that does not fit its description", reverse=True)
    may_be_card = (
        (kind.card and witnesses.pluses > witnesses.minuses)
        or (kind.surely_card and witnesses.pluses == witnesses.minuses)
        or witnesses.card_may_have_been_paid
    )
    if may_be_card and not witnesses.fitting:
        raise _ask(money, "may be of a card, whose charges are positive", reverse=not kind.account)
    return money


class _Witnesses:
    """What descriptions, kinds and merchants say of the signs as they are printed."""

    def __init__(self, money: Money, ledger: Ledger, descriptions: Sequence[str]) -> None:
        texts = [simplify(text) for text in descriptions[:MOST_LINES]]
        kinds = _kinds(ledger)
        amounts = money.amounts[: len(texts)]
        verdicts = [
            amount * (_direction(text) or kind)
            for amount, text, kind in zip(amounts, texts, kinds, strict=False)
        ]
        self.pluses = sum(amount > 0 for amount in money.amounts)
        self.minuses = sum(amount < 0 for amount in money.amounts)
        self.fitting = sum(verdict > 0 for verdict in verdicts)
        self.against = sum(verdict < 0 for verdict in verdicts)
        # Of lines without signs, words that we do not know may be what tells money in.
        self.kinds_differ = 0 in kinds and _kinds_differ(ledger)
        self.hint_at_card = self.against > 0 or _has_both_dates(ledger)
        self.card_may_have_been_paid = self.pluses >= FEW_PAYMENTS * self.minuses and _are_called_paid(
            amounts, texts
        )
        self.card_was_paid = _was_paid(amounts, texts) or _are_purchases(money.amounts, ledger)


def _has_both_dates(ledger: Ledger) -> bool:
    """A card is used on one day and charged on another."""
    tiers = {column.rank // TIER for column in ledger.columns.of("date")}
    return {BOOKED, USED} <= tiers


def _kinds(ledger: Ledger) -> list[int]:
    """By the word of a column for the kind of line, where it says in or out."""
    kinds = [0] * len(ledger.posted)
    for column in ledger.columns.of("kind"):
        words = map(simplify, ledger.cells(column))
        kinds = [kind or _way(word) for kind, word in zip(kinds, words, strict=True)]
    return kinds


def _kinds_differ(ledger: Ledger) -> bool:
    return any(len(set(ledger.cells(column))) > 1 for column in ledger.columns.of("kind"))


def _way(word: str) -> int:
    """Letters alone mean something else in every bank."""
    return (word in IN) - (word in OUT) if len(word) > LEAST_LETTERS else 0


def _was_paid(amounts: Sequence[Decimal], texts: Sequence[str]) -> bool:
    """What is negative is called a payment or a refund, surely so at least once, and nothing else is."""
    negative = [text for amount, text in zip(amounts, texts, strict=True) if amount < 0]
    return _are_called_paid(amounts, texts) and any(map(SURELY_IN.within, negative))


def _are_called_paid(amounts: Sequence[Decimal], texts: Sequence[str]) -> bool:
    pairs = list(zip(amounts, texts, strict=True))
    negative = [text for amount, text in pairs if amount < 0]
    positive = [text for amount, text in pairs if amount > 0]
    return (
        bool(positive)
        and bool(negative)
        and all(map(CARD_PAID.within, negative))
        and not any(map(SURELY_IN.within, positive))
    )


def _are_purchases(amounts: Sequence[Decimal], ledger: Ledger) -> bool:
    """Lines at many different merchants are purchases, whatever sign they have; a few may be refunds.

    Not where a column of kinds may say otherwise in words we do not know.
    """
    if _kinds_differ(ledger):
        return False
    for index, name in enumerate(ledger.columns.header):
        if simplify(name) not in MERCHANTS:
            continue
        names = ledger.cells(ledger.columns.column(index))
        at_merchants = [
            amount for amount, merchant in zip(amounts, names, strict=True) if merchant and amount
        ]
        positive = sum(amount > 0 for amount in at_merchants)
        if len(set(names) - {""}) >= LEAST_MERCHANTS and positive > MOSTLY * len(at_merchants):
            return True
    return False


def _direction(text: str) -> int:
    """1 for what can only be money in, -1 for what can only be money out, 0 for all else."""
    into, out = SURELY_IN.within(text), SURELY_OUT.within(text)
    if into == out or (out and TAKEN_BACK.within(text)):
        return 0
    return 1 if into else -1


def kind_of(ledger: Ledger, titles: Sequence[str], accounts: Sequence[str]) -> Kind:
    """``accounts`` are the numbers of its own that the file names."""
    is_account = any(IBAN.fullmatch(number) or SORT_CODE.fullmatch(number) for number in accounts)
    texts = [simplify(text) for text in (*ledger.columns.header, *titles)]
    surely = any(map(SURE_CARDS.within, texts))
    card = surely or any(map(CARDS.within, texts))
    return Kind(card=card, surely_card=surely, account=is_account or bool(ledger.balance_columns))


def _ask(money: Money, fault: str, *, reverse: bool) -> Question:
    error = refuse_column(
        "ambiguous_sign",
        "Money in and money out cannot be told apart",
        money.column.name,
        fault,
        'Send a mapping with "sign": "as_printed" (minus is money out) or "reversed" (charges are positive).',
    )
    choices = [
        choice("As printed: a minus is money out", sign="as_printed"),
        choice("Reversed: what has no minus is a charge, money out", sign="reversed"),
    ]
    text = f"Column {money.column.name!r} {fault}. Which is it?"
    return Question("sign", text, error, likeliest_first(choices, 1 if reverse else 0))
