from __future__ import annotations

import pytest

from workers.books.receipts.alike import likeness, same_vendor
from workers.books.receipts.odds import SAME, SIMILAR


@pytest.mark.parametrize(
    ("vendor", "description"),
    [
        ("Blue Door Coffee Co.", "CHECKCARD 0612 BLUE DOOR COFFEE #12 PORTLAND OR"),
        ("McDuff's Diner", "MCDUFFS DINER 0423"),
        ("Kedai Runcit Mawar Sdn Bhd", "POS KEDAI RUNCIT MAW"),
        ("Müller Drogerie GmbH", "MUELLER DROGERIE 4711"),
        ("CORNER-MART", "SQ *CORNERMART"),
    ],
)
def test_banks_cut_and_paste_names(vendor: str, description: str) -> None:
    assert (likeness(vendor, description) or 0) >= SAME


@pytest.mark.parametrize(
    ("vendor", "description"),
    [("Blue Door Coffee", "GREEN GATE TEA"), ("Casa Roma", "CASA LUNA"), ("Ace", "PALACE HOTEL")],
)
def test_other_names_are_others(vendor: str, description: str) -> None:
    assert (likeness(vendor, description) or 0) < SAME


def test_what_says_no_name_is_not_compared() -> None:
    assert likeness(None, "SHOP") is likeness("Shop", "  4711 ") is None
    assert (likeness("Blue Door", "GREEN GATE") or 0) < SIMILAR
    assert same_vendor("BLUE D0OR COFFEE LTD", "Blue Door Coffee")
    assert not same_vendor("", "")
