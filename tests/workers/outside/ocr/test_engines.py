"""Both engines read a drawn receipt however it is held, and say where each word stands."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.workers.outside.ocr.drawing import drawn, on_a_table
from workers.outside.ocr.engine import EngineMissing, find_tesseract
from workers.outside.ocr.rapid import RapidOcr
from workers.outside.ocr.tesseract import Tesseract
from workers.outside.ocr.words import Page


@pytest.fixture(scope="module")
def rapid() -> RapidOcr:
    return RapidOcr()


@pytest.fixture(scope="module")
def tesseract() -> Tesseract:
    return Tesseract(find_tesseract())


def is_read(page: Page) -> bool:
    """The name above the total, and the total right of its label, in one row."""
    name, label, total = (next((word for word in page.words if word.text == text), None)
                          for text in ("KETTLE", "Total", "43.00"))  # fmt: skip
    if name is None or label is None or total is None:
        return False
    return (
        name.bottom < label.top
        and label.right < total.left
        and abs(label.middle - total.middle) < label.height
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 6, -8])
def test_rapidocr_puts_the_page_upright_and_straight(rapid: RapidOcr, turn: float) -> None:
    reading = rapid.read(on_a_table(drawn(), turn=turn))
    assert is_read(reading.page)
    assert (reading.image.width, reading.image.height) == (reading.page.width, reading.page.height)


def test_rapidocr_looks_at_a_small_receipt_on_a_large_table_from_nearer(rapid: RapidOcr) -> None:
    assert is_read(rapid.read(on_a_table(drawn(size=24), around=1_600)).page)


def test_rapidocr_finds_nothing_on_a_blank_page(rapid: RapidOcr) -> None:
    assert rapid.read(Image.new("RGB", (600, 800), "white")).page.words == []


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 5])
def test_tesseract_does_so_too(tesseract: Tesseract, turn: float) -> None:
    reading = tesseract.read(drawn().rotate(turn, expand=True, fillcolor="white"))
    assert is_read(reading.page)


def test_the_program_is_the_one_that_was_named_or_there_is_none() -> None:
    assert find_tesseract("/bin/true") == "/bin/true"
    with pytest.raises(EngineMissing, match="TESSERACT_CMD"):
        find_tesseract("/no/such/program")
