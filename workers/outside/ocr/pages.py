"""Opening what people send: by its content, whatever it is called, and within limits that are checked before any
pixel is unpacked.

A 10 KB file can hold 100 million pixels, and one of 300 bytes a page that would take 14 GB at 300 dpi.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec
from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from workers.outside.ocr import faults
from workers.outside.ocr.faults import FileFault
from workers.outside.ocr.words import Page

MOST_PIXELS = 40_000_000
MOST_SIDE = 10_000
LEAST_SIDE = 32
#: Frames of a TIFF or GIF and pages of a PDF. A longer file is no receipt, and reading half of it would be a guess.
MOST_PAGES = 10
#: First bytes of a file, and what it is. HEIC and its like carry theirs from the fifth byte on.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")
#: A PDF may begin with other bytes (ISO 32000-1, implementation note 13).
PDF_WITHIN = 1024
#: What decoders raise over bytes that make no sense.
DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    RuntimeError,
    struct.error,
)
#: Modes of sixteen bits and more, which Pillow would cut off at white.
DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")


class Picture(msgspec.Struct, frozen=True):
    """A page to be read: RGB, as its camera was held."""

    image: Image.Image


class Document(msgspec.Struct, frozen=True):
    media_type: str
    pages_in_file: int
    #: Lazily: one page in memory at a time. A PDF's own text comes with the picture of its page.
    pages: Iterator[Picture | tuple[Page, Image.Image]]


def open_document(path: Path) -> Document:
    """Raises FileFault; so may taking a page."""
    with path.open("rb") as file:
        head = file.read(PDF_WITHIN)
    media_type = sniff(head)
    if media_type == "application/pdf":
        from workers.outside.ocr.pdf import open_pdf

        return open_pdf(path)
    return _open_image(path, media_type)


def sniff(head: bytes) -> str:
    """The media type, by the first bytes; raises FileFault."""
    if not head:
        raise faults.empty()
    for magic, media_type in MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "image/heic"
    if b"%PDF-" in head:
        return "application/pdf"
    raise faults.unsupported()


def _open_image(path: Path, media_type: str) -> Document:
    formats: tuple[str, ...] = FORMATS
    if media_type == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener()
        formats = ("HEIF",)
    # A picture that ends early is read to where it ends by some programs; half a receipt is no receipt.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None
    image = _opened(path, formats)
    check_size(*image.size)
    count = int(getattr(image, "n_frames", 1))
    # A GIF that moves is no document, but its first frames may be one.
    if count > MOST_PAGES and media_type != "image/gif":
        raise faults.too_many_pages(count, MOST_PAGES)
    return Document(media_type, count, _frames(image))


def _opened(path: Path, formats: tuple[str, ...]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Uploads are small enough to be held; an open file would have to be closed by whoever takes the last page.
            return Image.open(io.BytesIO(path.read_bytes()), formats=formats)
    except UnidentifiedImageError:
        raise faults.unreadable("no picture can be made out") from None
    except DAMAGE as error:
        raise faults.unreadable(_why(error)) from None


def _frames(image: Image.Image) -> Iterator[Picture]:
    """Raises FileFault where the bytes end early or make no sense."""
    try:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number >= MOST_PAGES:
                return
            check_size(*frame.size)
            frame.load()
            yield Picture(upright(frame))
    except FileFault:
        raise
    except DAMAGE as error:
        raise faults.unreadable(_why(error)) from None


def check_size(width: int, height: int) -> None:
    if width < LEAST_SIDE or height < LEAST_SIDE:
        raise faults.too_small(width, height)
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise faults.too_large(f"The picture has {width:,} x {height:,} pixels.")


def upright(image: Image.Image) -> Image.Image:
    """RGB on white, as EXIF says the camera was held."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode in DEEP:
        turned = _shallow(turned)
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        white = Image.new("RGBA", turned.size, "white")
        return Image.alpha_composite(white, turned).convert("RGB")
    return turned.convert("RGB")


def _shallow(image: Image.Image) -> Image.Image:
    """Eight bits: whatever range is used becomes the whole."""
    import numpy as np

    values = np.asarray(image, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255.0 / max(1e-9, high - low))
    return Image.fromarray(scaled.astype(np.uint8))


def _why(error: Exception) -> str:
    """One short line; a decoder's message may quote the file."""
    text = " ".join(str(error).split())
    return (
        text[:80]
        if text.isascii() and text.isprintable() and text
        else "it ends early or is not what it says"
    )


def jpeg(image: Image.Image, *, longest: int, quality: int = 82) -> bytes:
    """A small copy for people to look at, without anything the camera wrote beside the pixels."""
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.convert("RGB").save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
