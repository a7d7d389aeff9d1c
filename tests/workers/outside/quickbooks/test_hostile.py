"""A server that drips, floods, stops or asks for patience, in the place of QuickBooks."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.workers.outside.quickbooks.rogue import Script, head, rogue, well
from workers.outside.quickbooks.client import WITHIN, Company
from workers.outside.quickbooks.faults import (
    QuickBooksError,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
)
from workers.outside.quickbooks.transport import Transport

SOON = 0.3
#: Ways to keep somebody waiting of whom each read is answered in time.
DRIPS = {
    "head": Script((b"HTTP/1.1 200 OK\r\nX-Slow: ",), b"x"),
    "body": Script((head(),), b" "),
    "chunks": Script((head(200, "Transfer-Encoding: chunked"),), b"1\r\n \r\n"),
}


async def reading(url: str, *, within: float = WITHIN) -> QuickBooksError:
    company = Company(access_token="t", realm_id="1", base_url=url, within=within)
    try:
        with pytest.raises(QuickBooksError) as told:
            await company.read("Purchase", "1")
    finally:
        await company.close()
    return told.value


@pytest.mark.parametrize("script", DRIPS.values(), ids=DRIPS)
async def test_one_that_drips_is_left(script: Script) -> None:
    async with rogue(lambda *_: script) as url:
        assert isinstance(await reading(url, within=SOON), UnknownOutcome)


async def test_one_that_drips_after_it_has_served_well_is_left() -> None:
    """Over the same connection."""
    scripts = iter([well({"Purchase": {"Id": "1", "SyncToken": "0"}}), DRIPS["head"]])
    async with rogue(lambda *_: next(scripts)) as url:
        company = Company(access_token="t", realm_id="1", base_url=url, within=SOON)
        assert (await company.read("Purchase", "1")).qbo_id == "1"
        with pytest.raises(UnknownOutcome):
            await company.read("Purchase", "1")
        await company.close()


async def test_one_that_drips_under_tls_is_left(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    scripts = iter([well({"QueryResponse": {}}), DRIPS["head"], DRIPS["chunks"]])
    async with rogue(lambda *_: next(scripts), context) as url:
        transport = Transport(access_token="t", realm_id="1", base_url=url, within=SOON)
        transport.session.verify = str(certificate)
        assert await asyncio.to_thread(transport.query, "SELECT * FROM Vendor") == {"QueryResponse": {}}
        for _ in range(2):
            with pytest.raises(UnknownOutcome):
                await asyncio.to_thread(transport.query, "SELECT * FROM Vendor")
        transport.close()


async def test_one_that_floods_is_left() -> None:
    async with rogue(lambda *_: Script((head(),), b" " * 65_536, pause=0)) as url:
        told = await reading(url)
    assert isinstance(told, Unavailable)
    assert told.may_have_happened


async def test_an_answer_that_is_cut_is_none() -> None:
    cut = Script((head(200, "Content-Length: 100"), b'{"Purchase"'))
    async with rogue(lambda *_: cut) as url:
        assert isinstance(await reading(url), UnknownOutcome)


@pytest.mark.parametrize("status", [429, 503])
async def test_patience_is_heard(status: int) -> None:
    async with rogue(lambda *_: well({}, status, "Retry-After: 12")) as url:
        told = await reading(url)
    assert isinstance(told, Throttled | Unavailable)
    assert (told.status, told.after) == (status, 12.0)


@pytest.mark.parametrize("status", [200, 400, 403])
async def test_a_throttle_within_another_status_keeps_how_long_to_wait(status: int) -> None:
    fault = {"Fault": {"Error": [{"code": "003001"}], "type": "ThrottleExceeded"}}
    async with rogue(lambda *_: well(fault, status, "Retry-After: 7")) as url:
        told = await reading(url)
    assert isinstance(told, Throttled)
    assert told.after == 7.0


@pytest.mark.parametrize("status", [200, 400, 401, 403])
async def test_what_a_person_may_not_do_ends_no_connection(status: int) -> None:
    """Nor does a fresh token help, whatever the status."""
    fault = {"Fault": {"Error": [{"code": "120", "Message": "No"}], "type": "AuthorizationFault"}}
    async with rogue(lambda *_: well(fault, status)) as url:
        told = await reading(url)
    assert isinstance(told, Rejected)
    assert "administrator" in told.words


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"fault": "what"}', b'{"Fault": {}}', b""])
async def test_any_other_401_asks_for_a_fresh_token(body: bytes) -> None:
    async with rogue(lambda *_: well(body, 401)) as url:
        assert isinstance(await reading(url), Unauthorized)


def self_signed(folder: Path) -> Path:
    """Key and certificate of localhost in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "localhost.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
