"""The lines of a text, whatever system it comes from."""

from __future__ import annotations


def one_line_end(text: str) -> str:
    """Some banks double the carriage return."""
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
