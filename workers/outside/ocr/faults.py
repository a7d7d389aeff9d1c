"""Why a file cannot be read, by a named code and with what to do."""

from __future__ import annotations


class FileFault(ValueError):
    """The file is at fault: reading it again would end the same way."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


def empty() -> FileFault:
    return FileFault("empty_file", "The file is empty. Send it again.")


def unsupported() -> FileFault:
    return FileFault(
        "unsupported_type",
        "This is no picture and no PDF. Send JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC or PDF.",
    )


def unreadable(why: str) -> FileFault:
    return FileFault("unreadable_image", f"The file is damaged: {why}. Send it again, or another picture.")


def too_large(what: str) -> FileFault:
    return FileFault("image_too_large", f"{what} Send a smaller picture: 3,000 pixels a side are plenty.")


def too_small(width: int, height: int) -> FileFault:
    return FileFault(
        "image_too_small", f"A picture of {width} x {height} pixels holds no text. Send a larger one."
    )


def too_many_pages(count: int, most: int) -> FileFault:
    return FileFault(
        "too_many_pages",
        f"The file has {count:,} pages; up to {most} are read. Send the receipt's own pages.",
    )


def no_text() -> FileFault:
    return FileFault(
        "no_text_found",
        "No text was found. Take the picture from nearer, flat, in good light, and send that.",
    )
