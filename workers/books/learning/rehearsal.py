"""How a model would do on lines it does not know yet, and from which confidence on it may be trusted.

The newest lines are held back, and, in turn, a quarter of all merchants is kept from the model altogether and a tenth
of the rest from the companies that use them: next month brings new merchants, and a threshold that was fixed on lines
of known ones promises too much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from zlib import crc32

import msgspec

from workers.books.learning.examples import Example, memories
from workers.books.learning.regression import Regression
from workers.books.merchants import merchant_key

#: The share of the lines proposed for approval that is to be right.
PRECISION = 0.95
#: Less is never enough, however well memory does beside it: its exactness is not there to be spent on guesses.
LOWEST_THRESHOLD = 0.6
#: One of this many lines is held back: the newest.
HELD_BACK = 5
#: In each turn one of this many merchants is unknown to all, and one of that many to its company only.
TURNS = 4
NEW_HERE = 10
#: As many companies with all of their lines are enough to rehearse with.
MOST_REHEARSED = 40_000

Learn = Callable[[Sequence[Example]], Regression]


class Answer(msgspec.Struct, frozen=True):
    right: bool
    #: Null for what memory answered.
    confidence: float | None


class Outcome(msgspec.Struct, frozen=True):
    threshold: float | None
    cautious_threshold: float | None
    auto_share: float
    auto_precision: float
    accuracy: float
    held_back: int


def rehearse(examples: Sequence[Example], learn: Learn) -> Outcome:
    """``examples`` are in order, oldest first."""
    examples = _some(examples)
    newest = len(examples) // HELD_BACK
    earlier, later = examples[: len(examples) - newest], examples[len(examples) - newest :]
    answers = [answer for turn in range(TURNS) for answer in _answers(_known(earlier, turn), later, learn)]
    remembered = [answer for answer in answers if answer.confidence is None]
    threshold = lowest_threshold(answers, remembered)
    auto = remembered + [each for each in answers if _reaches(each, threshold)]
    return Outcome(
        threshold=threshold,
        cautious_threshold=lowest_threshold(answers, ()),
        auto_share=_share(len(auto), len(answers)),
        auto_precision=_share(_right(auto), len(auto)),
        accuracy=_share(_right(answers), len(answers)),
        held_back=len(later),
    )


def lowest_threshold(answers: Iterable[Answer], beside: Sequence[Answer]) -> float | None:
    """The confidence from which on the model's answers, together with those ``beside``, reach PRECISION."""
    opinions = sorted((each.confidence, each.right) for each in answers if each.confidence is not None)
    count, right = len(beside), _right(beside)
    lowest = None
    for confidence, alike in groupby(reversed(opinions), key=lambda opinion: opinion[0]):
        if confidence < LOWEST_THRESHOLD:
            break
        rights = [right for _, right in alike]
        count, right = count + len(rights), right + sum(rights)
        # Two more that might have been wrong: a few lucky answers are no proof.
        if right >= PRECISION * (count + 2):
            lowest = confidence
    return lowest


def _some(examples: Sequence[Example]) -> Sequence[Example]:
    """Whole companies: with a part of its lines only, a memory would be worse than it will be."""
    sizes = Counter(each.company_id for each in examples)
    drawn = sorted(sizes, key=lambda company: (_lot(company), company))
    room = accumulate(sizes[company] for company in drawn)
    chosen = {company for company, filled in zip(drawn, room, strict=True) if filled <= MOST_REHEARSED}
    return [each for each in examples if each.company_id in chosen] or examples[-MOST_REHEARSED:]


def _known(earlier: Sequence[Example], turn: int) -> list[Example]:
    return [
        each
        for each in earlier
        if _lot(each.merchant) % TURNS != turn
        and _lot(f"{each.company_id}|{each.merchant}") % NEW_HERE != turn
    ]


def _lot(text: str) -> int:
    """The same in every process, which hash() is not."""
    return crc32(text.encode())


def _answers(known: Sequence[Example], later: Sequence[Example], learn: Learn) -> Iterator[Answer]:
    if not known:
        return
    remembered = memories(known)
    open_lines = []
    for each in later:
        memory = remembered.get(each.company_id)
        recollection = memory and memory.recall(merchant_key(each.description), each.sign)
        if recollection and recollection.clear:
            yield Answer(recollection.category == each.category, None)
        else:
            open_lines.append(each)
    for each, opinion in zip(open_lines, learn(known).opinions(open_lines), strict=True):
        if opinion:
            yield Answer(opinion.category == each.category, opinion.confidence)


def _reaches(answer: Answer, threshold: float | None) -> bool:
    return answer.confidence is not None and threshold is not None and answer.confidence >= threshold


def _right(answers: Iterable[Answer]) -> int:
    return sum(answer.right for answer in answers)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
