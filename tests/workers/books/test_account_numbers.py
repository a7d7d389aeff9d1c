from __future__ import annotations

import pytest

from workers.books.account_numbers import is_same_account, kept

SAME = [
    ("DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ("DE89370400440532013000", "de89370400440532013000"),
    ("DE89370400440532013000", "532013000"),
    ("DE89370400440532013000", "3000"),
    ("DE89370400440532013000", "37040044/0532013000"),
    ("DE89370400440532013000", "37040044/532013000"),
    ("FR7630006000011234567890189", "12345678901"),
    ("0001234567", "1234567"),
    ("123456789", "12.34.56.789"),
    ("1234", "XXXX1234"),
    ("1234", "xxxx-xxxx-xxxx-1234"),
    ("1234", "x1234"),
    ("1234", "...1234"),
    ("1234", "•••• 1234"),
    ("4321000000001234", "4321 **** **** 1234"),
    ("4321000000001234", "432100XXXXXX1234"),
    ("XXXX1234", "4321 **** **** 1234"),
    ("4321****1234", "1234"),
]
DIFFERENT = [
    (None, "1234"),
    ("", "1234"),
    ("1234", ""),
    ("234", "1234"),
    ("Checking", "Checking"),
    ("DE89370400440532013000", "DE89370400440532013001"),
    ("DE89370400440532013000", "3001"),
    ("DE89370400440532013000", "0440532"),
    ("1111222233334444", "22223333"),
    ("4321000000001234", "4321 **** **** 1235"),
    ("4322000000001234", "4321 **** **** 1234"),
    ("4322****1234", "4321****1234"),
    ("4321", "4321****1234"),
    ("00001", "1"),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_two_ways_to_write_one_number(ours: str, theirs: str) -> None:
    assert is_same_account(ours, theirs)
    assert is_same_account(theirs, ours)


@pytest.mark.parametrize(("ours", "theirs"), DIFFERENT)
def test_numbers_of_different_accounts(ours: str | None, theirs: str) -> None:
    assert not is_same_account(ours, theirs)
    assert not is_same_account(theirs, ours or "")


@pytest.mark.parametrize(
    ("number", "worth_keeping"),
    [
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("4321 **** **** 1234", "1234"),
        ("xxxx1234", "1234"),
        ("70090100/1234567890", "700901001234567890"),
        ("Checking", None),
        ("4321********", None),
        ("12", None),
        ("1" * 65, None),
    ],
)
def test_what_is_kept_is_known_again(number: str, worth_keeping: str | None) -> None:
    assert kept(number) == worth_keeping
    assert worth_keeping is None or is_same_account(worth_keeping, number)
