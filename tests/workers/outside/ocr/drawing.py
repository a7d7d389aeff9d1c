"""A receipt drawn by Pillow, and what careless hands make of it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROWS = (
    "COPPER KETTLE GRILL",
    "1420 Harbor View Blvd",
    "Portland, OR 97209",
    "03/17/2024  7:42 PM",
    "2 Fish Tacos          27.90",
    "1 Caesar Salad        11.50",
    "Subtotal              39.40",
    "Tax                    3.60",
    "Total                 43.00",
    "Cash                  50.00",
    "Change                 7.00",
)


def drawn(rows: tuple[str, ...] = ROWS, *, size: int = 28) -> Image.Image:
    font = ImageFont.load_default(size=size)
    image = Image.new("RGB", (24 * size, (len(rows) + 2) * 2 * size), "white")
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows, start=1):
        label, gap, amount = row.partition("   ")
        pen.text((2 * size, number * 2 * size), label, "black", font=font)
        if gap:
            pen.text((22 * size, number * 2 * size), amount.strip(), "black", font=font, anchor="ra")
    return image


def on_a_table(image: Image.Image, *, turn: float = 0.0, around: int = 120) -> Image.Image:
    """Seen from above: turned to the left, with the table's edge around it."""
    table = Image.new("RGB", (image.width + 2 * around, image.height + 2 * around), (96, 84, 72))
    table.paste(image, (around, around))
    return table.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=(96, 84, 72))


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def written(folder: Path, content: bytes, name: str = "file.jpg") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
