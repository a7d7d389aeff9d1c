"""Why a start is refused. Stands alone, so that the command line loads nothing to catch it."""

from __future__ import annotations


class StartError(RuntimeError):
    """Ledgerwire cannot do what it was asked on this machine; the message is one line and says what to do."""
