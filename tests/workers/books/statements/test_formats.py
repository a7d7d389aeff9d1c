"""A file is what its content says, whatever it is called and whatever words stand in it."""

from __future__ import annotations

import pytest

from tests.workers.books.statements.exports import read, refused

HEADER = "Date,Description,Amount\n"

CSV = {
    "OFX in a cell": HEADER + "2026-06-13,<OFX> and <STMTTRN>,-1.00\n",
    "a heading of OFX in a cell": HEADER + "2026-06-13,OFXHEADER:100,-1.00\n",
    "QIF in a cell": HEADER + "2026-06-13,!Type:Bank,-1.00\n",
    "CAMT in a cell": HEADER + "2026-06-13,camt.053 <BkToCstmrStmt>,-1.00\n",
    "a time at the start of a line": ":20: report\n" + HEADER + "2026-06-13,x,-1.00\n",
}


@pytest.mark.parametrize("shape", CSV)
def test_a_csv_that_mentions_another_format_stays_csv(shape: str) -> None:
    assert read(CSV[shape]).format == "csv"


REFUSALS = {
    "a ZIP": (b"PK\x03\x04rest", "ZIP archive"),
    "a PDF": (b"%PDF-1.7 rest", "PDF"),
    "a web page": (b"\n<!DOCTYPE html><html>camt.053</html>", "web page"),
    "another web page": (b"<html><body><OFX></body></html>", "web page"),
    "another XML": (b"<?xml version='1.0'?><invoice/>", "XML file"),
    "a payment order": (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.03'/>", "XML"),
    "JSON": (b'{"date": 1}', "JSON"),
    "a list in JSON": (b'[{"date": 1}]', "JSON"),
    "rich text": (b"{\\rtf1 x}", "word processor"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_is_plainly_no_statement_is_called_by_its_name(kind: str) -> None:
    content, what = REFUSALS[kind]
    refusal = refused(content)
    assert refusal.code == "not_a_statement"
    assert what in refusal.detail
    assert "MT940" in refusal.detail
