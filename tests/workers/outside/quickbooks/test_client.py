"""What QuickBooks answers, told apart by the raw status and Intuit's numbers; against the double."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from tests.doubles.quickbooks import REALM, Limits, QuickBooksOnline
from workers.outside.quickbooks.client import Company, Item, quoted
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Refused,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
    fault_of,
    seconds_of,
)


@pytest.fixture
async def double() -> AsyncIterator[QuickBooksOnline]:
    double = QuickBooksOnline(limits=Limits(calls=30, batches=3))
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
async def company(double: QuickBooksOnline) -> AsyncIterator[Company]:
    token = double.authority.issue(REALM)["access_token"]
    company = Company(access_token=token, realm_id=REALM, base_url=double.origin)
    yield company
    await company.close()


def vendor(name: str) -> Item:
    return Item("create", "Vendor", f'{{"DisplayName":"{name}"}}')


def names(double: QuickBooksOnline) -> list[str]:
    return [row["DisplayName"] for row in double.company.rows("Vendor")]


async def test_a_company_and_its_accounts_are_told(company: Company, double: QuickBooksOnline) -> None:
    double.company.closed_through = date(2025, 12, 31)
    info = await company.info()
    assert (info.name, info.home_currency, info.closed_through) == (
        "Sandbox Company",
        "USD",
        date(2025, 12, 31),
    )
    found = {each.name: each for each in await company.accounts()}
    assert (found["Checking"].type, found["Checking"].active) == ("Bank", True)


async def test_the_same_request_id_brings_the_same_answer(company: Company, double: QuickBooksOnline) -> None:
    first = await company.send_one(vendor("Ann's"), "r-1")
    assert await company.send_one(vendor("Ann's"), "r-1") == first
    items = [vendor("Ben"), vendor("Cleo")]
    assert await company.send_batch(items, "b-1") == await company.send_batch(items, "b-1")
    assert names(double)[3:] == ["Ann's", "Ben", "Cleo"]
    assert await company.find_vendors(["Ann's", "nobody"]) == {"Ann's": first.qbo_id}


async def test_a_batch_tells_of_each_item(company: Company) -> None:
    good, twin, other = await company.send_batch([vendor("A"), vendor("a"), vendor("B:C")], "b-1")
    assert good.fault is None
    assert isinstance(twin.fault, Rejected)
    assert twin.fault.code == "6240"
    assert "somebody else of this name" in twin.fault.words
    assert isinstance(other.fault, Rejected)


@pytest.mark.parametrize(
    ("kind", "expected", "happened"),
    [
        ("429", Throttled, False),
        ("throttled403", Throttled, False),
        ("401", Unauthorized, False),
        ("denied", Rejected, False),
        ("html503", Unavailable, True),
        ("500", Unavailable, True),
        ("fault200", Unavailable, True),
        ("drop", UnknownOutcome, True),
        ("drop_after", UnknownOutcome, True),
    ],
)
async def test_every_misbehaviour_has_its_name(
    company: Company, double: QuickBooksOnline, *, kind: str, expected: type[QuickBooksError], happened: bool
) -> None:
    double.switch(kind, retry_after=7.0)
    with pytest.raises(expected) as caught:
        await company.send_one(vendor("A"), "r-1")
    assert caught.value.may_have_happened is happened
    if isinstance(caught.value, Throttled):
        assert caught.value.after == 7.0
    assert ("A" in names(double)) is (kind == "drop_after")


async def test_an_item_that_is_left_out_may_have_been_done(
    company: Company, double: QuickBooksOnline
) -> None:
    double.switch("silent", "batch")
    _first, last = await company.send_batch([vendor("A"), vendor("B")], "b-1")
    assert isinstance(last.fault, UnknownOutcome)
    assert "B" in names(double)


async def test_where_nobody_listens_nothing_happened() -> None:
    company = Company(access_token="a", realm_id="1", base_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        await company.info()
    assert not caught.value.may_have_happened
    await company.close()


def test_a_token_goes_out_encrypted_or_to_this_machine() -> None:
    with pytest.raises(ValueError, match="encrypted"):
        Company(access_token="a", realm_id="1", base_url="http://books.example")


async def test_limits_are_told_with_how_long_to_wait(company: Company) -> None:
    for number in range(3):
        await company.send_batch([vendor(f"V{number}")], f"b-{number}")
    with pytest.raises(Throttled) as caught:
        await company.send_batch([vendor("one too many")], "b-9")
    assert caught.value.after is not None
    assert 50 < caught.value.after <= 60


async def test_a_file_goes_along_once(company: Company, double: QuickBooksOnline) -> None:
    made = await company.send_one(vendor("A"), "r-1")
    told = {
        "name": "lunch.png",
        "media_type": "image/png",
        "object_type": "Vendor",
        "object_id": str(made.qbo_id),
    }
    attached = await company.upload(b"\x89PNG bytes", **told)
    assert double.company.files[attached] == b"\x89PNG bytes"
    assert await company.find_files(["lunch.png"]) == {"lunch.png": attached}


async def test_a_file_of_the_same_name_at_another_object_is_another(company: Company) -> None:
    one, other = await company.send_batch([vendor("A"), vendor("B")], "b-1")
    lunch = {"name": "lunch.png", "media_type": "image/png", "object_type": "Vendor"}
    first = await company.upload(b"one", object_id=str(one.qbo_id), **lunch)
    assert await company.find_files(["lunch.png"], attached_to={"lunch.png": str(other.qbo_id)}) == {}
    second = await company.upload(b"other", object_id=str(other.qbo_id), **lunch)
    for qbo_id, file in ((one.qbo_id, first), (other.qbo_id, second)):
        assert await company.find_files(["lunch.png"], attached_to={"lunch.png": str(qbo_id)}) == {
            "lunch.png": file
        }
    assert await company.find_files(["lunch.png"]) == {"lunch.png": first}


async def test_a_file_of_which_is_not_told_where_it_is_attached_counts(
    company: Company, double: QuickBooksOnline
) -> None:
    loose = double.company.create("Attachable", {"FileName": "lunch.png"})["Id"]
    assert await company.find_files(["lunch.png"], attached_to={"lunch.png": "1"}) == {"lunch.png": loose}


async def test_every_call_names_the_minor_version(company: Company, double: QuickBooksOnline) -> None:
    made = await company.send_one(vendor("A"), "r-1")
    await company.send_batch([vendor("B")], "b-1")
    await company.read("Vendor", str(made.qbo_id))
    await company.accounts()
    about = {"name": "a.png", "media_type": "image/png", "object_type": "Vendor"}
    await company.upload(b"a", object_id=str(made.qbo_id), **about)
    assert double.minor_versions == {"75": 5}


async def test_a_throttled_item_knows_how_long_to_wait(company: Company, double: QuickBooksOnline) -> None:
    double.switch("partial", "batch", retry_after=7.0)
    first, second = await company.send_batch([vendor("A"), vendor("B")], "b-1")
    assert first.fault is None
    assert isinstance(second.fault, Throttled)
    assert second.fault.after == 7.0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"Error": [{"code": "003001"}]}, Throttled),
        ({"Error": [{"code": "3200"}], "type": "AUTHENTICATION"}, Unauthorized),
        ({"Error": [{"code": "3100"}]}, Refused),
        ({"error": [{"code": "3100", "message": "AuthorizationFailed"}], "type": "SERVICE"}, Refused),
        ({"Error": [{"code": "120"}], "type": "AuthorizationFault"}, Rejected),
        ({"Error": [{"code": "6240"}], "type": "AuthorizationFault"}, Refused),
        ({"Error": [{"code": "5010", "Detail": "stale\x1b[2J object"}]}, Rejected),
        ({"Error": "what"}, Rejected),
        ({}, Rejected),
    ],
)
def test_a_fault_is_known_by_its_number(fault: dict[str, object], expected: type[QuickBooksError]) -> None:
    found = fault_of(fault, 400)
    assert type(found) is expected
    if isinstance(found, Rejected):
        assert found.words.isprintable()


def test_the_gateway_writes_small() -> None:
    told = fault_of({"error": [{"code": "4001", "message": "no such thing", "detail": None}]}, 400)
    assert isinstance(told, Rejected)
    assert told.detail == "no such thing"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("-3", 0.0), ("1e9", 3600.0), ("soon", None), (None, None), ("nan", None)],
)
def test_how_long_to_wait_is_bounded(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header) == seconds


def test_a_quote_ends_no_string() -> None:
    assert quoted("Ann's \\ shop") == "'Ann\\'s \\\\ shop'"
