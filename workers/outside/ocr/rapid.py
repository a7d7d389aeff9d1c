"""RapidOCR: finds where text stands, makes the page upright and straight by that, then reads each piece of it.

Its models are inside its wheel; nothing is fetched. On one thread a receipt takes one to three seconds.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from workers.outside.ocr.geometry import (
    FAR_AWAY,
    LEAST_FAN,
    LEAST_TILT,
    Picture,
    Quads,
    is_on_its_side,
    share_of,
    shrunk,
    slopes,
    straightened,
)
from workers.outside.ocr.words import Page, Word

#: Pixels of the longer side: letters of a long receipt are still 15 high, and memory stays below 1.2 GB.
LONGEST = 2_000
#: Of a picture that is looked at from nearer; more pixels tell no more and cost half a gigabyte.
NEAREST = 4_000
#: Below this a piece is more likely a logo, a stain or a signature.
LEAST_SCORE = 0.5
#: So many of the longest pieces are asked which way up they are.
JURY = 9
#: A nearer view that finds fewer pieces than this share of them was a wrong guess.
MOST_LOST = 0.7

PARAMS = {
    # One process a core reads; more threads would fight for it.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
    "Global.log_level": "error",
    "Global.max_side_len": LONGEST,
    "Global.use_vertical_padding": False,
    "Global.use_cls": False,
}


class RapidReading(msgspec.Struct, frozen=True):
    page: Page
    image: Any


class RapidOcr:
    name = "rapidocr"

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(params=PARAMS)

    def read(self, image: Image.Image) -> RapidReading:
        if max(image.size) > NEAREST:
            image = image.resize(_within(image.size, NEAREST), Image.Resampling.BOX, reducing_gap=2.0)
        whole = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        view, quads = self._upright(whole)
        words = self._words(view, quads)
        page = Page(width=view.shape[1], height=view.shape[0], words=words, engine=self.name)
        return RapidReading(page, Image.fromarray(view[:, :, ::-1]))

    # --- where text stands ----------------------------------------------------------------------------

    def _upright(self, whole: Picture) -> tuple[Picture, Quads]:
        """A view of the text that is upright, straight and near, and the pieces of text on it."""
        view, scale = shrunk(whole, LONGEST)
        quads = self._detect(view)
        if not len(quads):
            return view, quads
        if turns := self._turns(view, quads):
            whole = np.ascontiguousarray(np.rot90(whole, turns))
            view, scale = shrunk(whole, LONGEST)
            quads = self._detect(view)
        if not len(quads):
            return view, quads
        lean = slopes(quads)
        far = scale < 1.0 and share_of(view, quads) < FAR_AWAY
        if far or abs(lean.tilt) >= LEAST_TILT or abs(lean.fan) >= LEAST_FAN:
            nearer, _scale = shrunk(straightened(whole, quads / scale, lean), LONGEST)
            found = self._detect(nearer)
            if len(found) >= len(quads) * MOST_LOST:
                return nearer, found
        return view, quads

    def _detect(self, view: Picture) -> Quads:
        boxes = self._detector(view).boxes
        return np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32)

    @property
    def _detector(self) -> Any:
        return self._engine._load_det_model()  # noqa: SLF001 - its public way to crop raises where there is no text

    def _turns(self, view: Picture, quads: Quads) -> int:
        """Quarter turns to the left that put the page upright."""
        on_side = is_on_its_side(quads)
        # The crop of a tall piece is laid down to the left, as numpy.rot90 does it.
        jury = sorted(quads, key=_length, reverse=True)[:JURY]
        crops = self._engine.crop_text_regions(view, np.asarray(jury))
        result = self._engine._load_cls_model()(crops)  # noqa: SLF001
        votes = Counter(label for label, score in result.cls_res or () if score > LEAST_SCORE)
        upside_down = votes["180"] > votes["0"]
        return (1 if on_side else 0) + (2 if upside_down else 0)

    # --- what it says ---------------------------------------------------------------------------------

    def _words(self, view: Picture, quads: Quads) -> list[Word]:
        if not len(quads):
            return []
        result = self._engine.recognize_txt(self._engine.crop_text_regions(view, quads))
        words: list[Word] = []
        for quad, text, score in zip(quads, result.txts or (), result.scores, strict=False):
            if score >= LEAST_SCORE and text.strip():
                words += _split(text.strip(), quad, float(score))
        return words


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _length(quad: Any) -> float:
    return float(max(np.ptp(quad[:, 0]), np.ptp(quad[:, 1])))


def _split(text: str, quad: Any, score: float) -> list[Word]:
    """A piece of text is a run of words; each gets its share of the run's width by its letters."""
    left, top = (float(each) for each in quad.min(axis=0))
    right, bottom = (float(each) for each in quad.max(axis=0))
    each = (right - left) / len(text)
    words, start = [], 0
    for part in text.split():
        start = text.index(part, start)
        words.append(Word(part, left + start * each, top, len(part) * each, bottom - top, score))
        start += len(part)
    return words
