"""Colours are told apart with any colour vision, as far as a published model of it goes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from analysis.plots.theme import BLUE, ORANGE, SERIES, VERMILION, amount_colors, time_colors

Array = NDArray[np.float64]

VISION = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""How linear red, green and blue are seen: Machado, Oliveira and Fernandes, "A physiologically-based model for
simulation of color vision deficiency", IEEE Trans. Visualization and Computer Graphics 15, 2009, severity 1.0."""

NOTICEABLE = 2.3
"""A difference in CIE L*a*b* that is just noticed: Mahy, Van Eycken and Oosterlinck 1994."""
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""From linear sRGB: IEC 61966-2-1."""
_WHITE = np.array([0.9505, 1.0, 1.089])


def seen(colors: object, vision: str) -> Array:
    """CIE L*a*b* of colours as someone sees them."""
    encoded = np.atleast_2d(np.asarray(colors, dtype=float))[:, :3]
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    light = np.clip(linear @ np.array(VISION[vision]).T, 0, 1) @ _TO_XYZ.T / _WHITE
    root = np.where(light > (6 / 29) ** 3, np.cbrt(light), light / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def apart(one: str, other: str, vision: str) -> float:
    """The distance of two colours as someone sees them."""
    return float(np.linalg.norm(seen(to_rgb(one), vision) - seen(to_rgb(other), vision)))


def test_the_model_does_what_is_known() -> None:
    """Red and green of one lightness are far apart normally and near with deuteranopia; greys are seen alike by all."""
    assert apart("#D00000", "#707000", "deuteranopia") < 0.4 * apart("#D00000", "#707000", "normal")
    for vision in VISION:
        assert seen((0.5, 0.5, 0.5), vision)[0] == pytest.approx([53.4, 0, 0], abs=0.5)


@pytest.mark.parametrize("vision", VISION)
def test_lines_are_told_apart(vision: str) -> None:
    """Any two of the first seven are six just noticeable differences apart; the eighth, which is grey, over three."""
    near = {(one, other): apart(one, other, vision) for one, other in combinations(SERIES, 2)}
    assert min(distance for pair, distance in near.items() if SERIES[7] not in pair) > 6 * NOTICEABLE
    assert min(near.values()) > 3 * NOTICEABLE


@pytest.mark.parametrize("vision", VISION)
def test_colours_that_stand_against_each_other_are_far_apart(vision: str) -> None:
    """More and less in pairs, and first and total indices, differ by ten just noticeable differences."""
    assert apart(BLUE, VERMILION, vision) > 10 * NOTICEABLE
    assert apart(BLUE, ORANGE, vision) > 10 * NOTICEABLE


@pytest.mark.parametrize("vision", VISION)
def test_scales_of_colours_go_one_way_in_lightness(vision: str) -> None:
    """Of times and of amounts more is lighter, or darker, all along, so that the scales can be read without hue."""
    for scale, way in ((time_colors(), 1), (amount_colors(), -1)):
        lightness = seen(scale(np.linspace(0, 1, 60)), vision)[:, 0]
        assert (way * np.diff(lightness) > 0).all()
        assert abs(lightness[-1] - lightness[0]) > 50
