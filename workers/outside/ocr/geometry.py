"""Making a page upright and straight, from the boxes of its text: turn, tilt, perspective, and the table around it."""

from __future__ import annotations

import math
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

#: Pixels: an array of height x width x 3.
Picture = NDArray[np.uint8]
#: Four corners of each text, from its upper left, clockwise as it is read: n x 4 x 2.
Quads = NDArray[np.float32]

#: Degrees. A smaller tilt harms no row: over a page's width it is less than half a line.
LEAST_TILT = 0.6
MOST_TILT = 20.0
#: Degrees by which the lines at the foot may lean otherwise than those at the head.
LEAST_FAN = 1.2
MOST_FAN = 14.0
#: A text is tall where it is so much higher than wide; wide ones count by their length.
TALL = 1.5
MARGIN = 0.03
#: Text that fills less than this share of its picture is looked at again from nearer.
FAR_AWAY = 0.72


class Slopes(msgspec.Struct, frozen=True):
    """How lines lean: ``tilt`` degrees in the middle, and ``fan`` more at the foot than at the head."""

    tilt: float
    fan: float


def is_on_its_side(quads: Quads) -> bool:
    wide, high = _sides(quads)
    long = np.maximum(wide, high)
    tall = long[high > TALL * wide].sum()
    return bool(tall > long[wide > TALL * high].sum())


def slopes(quads: Quads) -> Slopes:
    """Of the longer texts, weighted by length: short ones have no angle."""
    wide, high = _sides(quads)
    chosen = wide > 3 * high
    if chosen.sum() < 3:  # noqa: PLR2004 - two may lean by chance
        return Slopes(0.0, 0.0)
    quads, wide = quads[chosen], wide[chosen]
    vector = quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]
    angle = np.degrees(np.arctan2(vector[:, 1], vector[:, 0]))
    tilt = _weighted_median(angle, wide)
    if abs(tilt) > MOST_TILT:
        return Slopes(0.0, 0.0)
    middle = quads[:, :, 1].mean(axis=1)
    return Slopes(tilt, _fan(angle, middle, wide, tilt))


def _fan(angle: Any, middle: Any, weight: Any, tilt: float) -> float:
    """The difference between foot and head, by a straight line through what is not far off."""
    near = np.abs(angle - tilt) < MOST_FAN
    span = float(np.ptp(middle)) if near.any() else 0.0
    if near.sum() < 8 or not span:  # noqa: PLR2004 - a line through a few would follow each of them
        return 0.0
    slope = float(np.polyfit(middle[near], angle[near], 1, w=np.sqrt(weight[near]))[0])
    return slope * span


def straightened(picture: Picture, quads: Quads, lean: Slopes) -> Picture:
    """The part of ``picture`` where the text stands, upright; ``quads`` are in its pixels."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), lean.tilt, 1.0)
    matrix = np.vstack([turn, [0, 0, 1]])
    corners = _moved(quads, matrix)
    left, top = corners.reshape(-1, 2).min(axis=0)
    right, bottom = corners.reshape(-1, 2).max(axis=0)
    if abs(lean.fan) >= LEAST_FAN and abs(lean.fan) <= MOST_FAN:
        matrix = _unfan(left, top, right, bottom, lean.fan) @ matrix
        corners = _moved(quads, matrix)
        left, top = corners.reshape(-1, 2).min(axis=0)
        right, bottom = corners.reshape(-1, 2).max(axis=0)
    edge = MARGIN * max(right - left, bottom - top) + 8
    left, top, right, bottom = left - edge, top - edge, right + edge, bottom + edge
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]])
    size = (max(32, math.ceil(right - left)), max(32, math.ceil(bottom - top)))
    return np.asarray(
        cv2.warpPerspective(
            picture, shift @ matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )


def _unfan(left: float, top: float, right: float, bottom: float, fan: float) -> Any:
    """Half of it at the head the one way, half at the foot the other."""
    rise = math.tan(math.radians(fan / 2)) * (right - left) / 2
    source = np.array(
        [[left, top + rise], [right, top - rise], [right, bottom + rise], [left, bottom - rise]], np.float32
    )
    target = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return cv2.getPerspectiveTransform(source, target)


def share_of(picture: Picture, quads: Quads) -> float:
    """The text's longer side as a share of the picture's, without the farthest stray boxes."""
    points = quads.reshape(-1, 2)
    low, high = np.percentile(points, 2, axis=0), np.percentile(points, 98, axis=0)
    return float(max(high - low) / max(picture.shape[:2]))


def shrunk(picture: Picture, longest: int) -> tuple[Picture, float]:
    """With no side longer than ``longest``, and by how much it was shrunk."""
    scale = min(1.0, longest / max(picture.shape[:2]))
    if scale == 1.0:
        return picture, 1.0
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _moved(quads: Quads, matrix: Any) -> Quads:
    return np.asarray(
        cv2.perspectiveTransform(quads.reshape(-1, 1, 2).astype(np.float32), matrix), dtype=np.float32
    ).reshape(-1, 4, 2)


def _sides(quads: Quads) -> tuple[Any, Any]:
    wide = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    high = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    return wide, high


def _weighted_median(values: Any, weights: Any) -> float:
    order = np.argsort(values)
    summed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(summed, summed[-1] / 2)])
