"""``python -m ledgerwire`` is the command ``ledgerwire``."""

from ledgerwire.cli import main

if __name__ == "__main__":
    main()
