"""What a job says of lines that a language model gave no answer about, in plain words."""

from __future__ import annotations

from urllib.parse import urlsplit

from workers.books.questions import Unanswered
from workers.settings import Settings

OFF = "{lines} for review; no language model is set up (OPENAI_API_KEY, OPENAI_MODEL)."

SENTENCES = {
    Unanswered.BAD_KEY: "The language model at {host} refuses our key (OPENAI_API_KEY)",
    Unanswered.NO_MODEL: "{host} knows no model called {model} (OPENAI_MODEL, OPENAI_BASE_URL)",
    Unanswered.NO_CREDIT: "Our account at {host} has no credit left for the language model",
    Unanswered.UNAVAILABLE: "The language model did not answer, though it was asked again",
    Unanswered.REJECTED: "The language model at {host} does not take our question",
    Unanswered.REFUSED: "The language model refused to answer",
    Unanswered.CUT_SHORT: "The language model's answer was cut off, and so again in smaller parts",
    Unanswered.UNREADABLE: "The language model's answer could not be read",
    Unanswered.MISSING: "The language model left lines out of its answer, or mixed them up",
    Unanswered.FOREIGN: "The language model named a category that the chart of accounts does not have",
    Unanswered.BUDGET: "The budget of {tokens:,} tokens a day does not allow for more (OPENAI_DAILY_TOKENS)",
    Unanswered.LATE: "The time for asking the language model was over (OPENAI_DEADLINE)",
}


def reason(why: Unanswered, settings: Settings) -> str:
    host = urlsplit(settings.openai_base_url or "").hostname or "OpenAI"
    return SENTENCES[why].format(host=host, model=settings.openai_model, tokens=settings.openai_daily_tokens)


def sentence(why: Unanswered, count: int, settings: Settings) -> str:
    return f"{reason(why, settings)}; {of_lines(count, 'goes', 'go')} to review without its word."


def of_lines(count: int, one: str = "", many: str = "") -> str:
    """``1 line waits``, ``12 lines wait``."""
    return f"{count:,} {'line' if count == 1 else 'lines'} {one if count == 1 else many}".rstrip()
