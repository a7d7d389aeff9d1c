"""What people send is opened by what it is; what cannot be is refused by a named code, before it costs anything."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.workers.outside.ocr.drawing import drawn, encoded, written
from workers.outside.ocr.faults import FileFault
from workers.outside.ocr.pages import Picture, open_document

SMALL = Image.new("RGB", (200, 100), "white")


def png_header(width: int, height: int) -> bytes:
    """A PNG of that size in which the pixels themselves are hardly anything."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * (((width + 7) // 8 + 1) * min(height, 64)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(pages: int = 1, size: tuple[float, float] = (300, 400)) -> bytes:
    import io

    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty_file"),
    "html": (lambda: b"<!doctype html><p>Sign in", "unsupported_type"),
    "text": (lambda: b"hello", "unsupported_type"),
    "cut early": (lambda: encoded(drawn(), "JPEG")[:200], "unreadable_image"),
    "cut in half": (lambda: (whole := encoded(drawn(), "JPEG"))[: len(whole) // 2], "unreadable_image"),
    "png cut": (lambda: (whole := encoded(drawn(), "PNG"))[: len(whole) // 2], "unreadable_image"),
    "only a magic number": (lambda: b"\xff\xd8\xff", "unreadable_image"),
    "121 megapixels": (lambda: png_header(11_000, 11_000), "image_too_large"),
    "50,000 a side": (lambda: png_header(50_000, 50_000), "image_too_large"),
    "a long strip": (lambda: png_header(40_000, 100), "image_too_large"),
    "one pixel": (lambda: encoded(Image.new("RGB", (1, 1))), "image_too_small"),
    "pdf garbage": (lambda: b"%PDF-1.7 nothing", "unreadable_image"),
    "pdf cut": (lambda: pdf()[:150], "unreadable_image"),
    "20,000 pages": (lambda: pdf(2_000), "too_many_pages"),
    "a strip of a page": (lambda: pdf(size=(14_400, 1)), "image_too_large"),
    "frames": (
        lambda: encoded(SMALL, "TIFF", save_all=True, append_images=[SMALL] * 11),
        "too_many_pages",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_bad_file_has_its_code(name: str, tmp_path: Path) -> None:
    make, code = BAD[name]
    with pytest.raises(FileFault) as fault:
        list(open_document(written(tmp_path, make())).pages)
    assert fault.value.code == code
    assert fault.value.detail.endswith(".")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
def test_what_it_is_called_does_not_matter(form: str, tmp_path: Path) -> None:
    document = open_document(written(tmp_path, encoded(SMALL, form), name="invoice.pdf"))
    (page,) = document.pages
    assert isinstance(page, Picture)
    assert page.image.size == SMALL.size
    assert document.media_type == f"image/{form.lower()}"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_becomes_rgb_on_white(mode: str, tmp_path: Path) -> None:
    image = Image.new("I;16", (64, 64), 60_000) if mode == "I;16" else SMALL.convert(mode)
    (page,) = open_document(written(tmp_path, encoded(image, "TIFF"))).pages
    assert isinstance(page, Picture)
    assert page.image.mode == "RGB"


def test_a_phone_says_how_it_was_held(tmp_path: Path) -> None:
    held = Image.Exif()
    held[0x0112] = 6
    (page,) = open_document(written(tmp_path, encoded(SMALL, "JPEG", exif=held))).pages
    assert isinstance(page, Picture)
    assert page.image.size == (100, 200)


def test_each_frame_is_a_page(tmp_path: Path) -> None:
    document = open_document(
        written(tmp_path, encoded(SMALL, "TIFF", save_all=True, append_images=[SMALL] * 2))
    )
    assert (document.pages_in_file, len(list(document.pages))) == (3, 3)


def test_a_poster_is_drawn_no_larger_than_a_page(tmp_path: Path) -> None:
    """At 200 dpi it would take five gigabytes."""
    (page,) = open_document(written(tmp_path, pdf(size=(14_400, 14_400)))).pages
    assert isinstance(page, Picture)
    assert page.image.width * page.image.height <= 12_100_000


#: Drawn by us: 128 x 96 pixels, the left half red. No library of our licences writes this format.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAACgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBAgYWW6kkprm4CGgwIAAAMAMgAAAwACEGIAAQAHRAHBcrAiQAAAABNjb2xy"
    "bmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAACAAAAAYAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAADBt"
    "ZGF0AAAAJCgBrwtg+sbB1//5ZXv1FEHQh+0zU3tPwijNxIT+E2SilGovoA=="
)


def test_what_phones_send_is_read(tmp_path: Path) -> None:
    document = open_document(written(tmp_path, HEIC, name="IMG_2041.HEIC"))
    (page,) = document.pages
    assert isinstance(page, Picture)
    assert (document.media_type, page.image.size) == ("image/heic", (128, 96))
    red, white = page.image.getpixel((20, 48)), page.image.getpixel((100, 48))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[0] > 150 > red[1]
    assert min(white) > 200


def test_what_only_begins_like_it_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileFault) as fault:
        list(open_document(written(tmp_path, HEIC[:300])).pages)
    assert fault.value.code == "unreadable_image"
