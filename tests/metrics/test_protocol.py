"""What is compared, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from ganvas.images import Picture
from ganvas.metrics import Channel, MetricError, Protocol, compare


def flat(*colour: float, height: int = 20, width: int = 24) -> Picture:
    """One colour, on the scale of 0 to 255."""
    return Picture(np.broadcast_to(np.float32(colour) / np.float32(255), (height, width, len(colour))).copy())


def decibels(difference: float) -> float:
    return 20 * math.log10(255 / abs(difference))


@pytest.mark.parametrize(
    ("colour", "weight"), [((255, 0, 0), 65.481), ((0, 255, 0), 128.553), ((0, 0, 255), 24.966), ((1, 1, 1), 219 / 255)]
)
def test_luma_is_that_of_the_studio_and_not_rounded(colour: tuple[float, ...], weight: float) -> None:
    scores = compare(flat(*colour), flat(0, 0, 0), Protocol("y"))
    assert scores.psnr == pytest.approx(decibels(weight), abs=1e-9)


def test_grey_weighs_the_colours_to_one() -> None:
    assert compare(flat(0, 9, 0), flat(0, 0, 0), Protocol("grey")).psnr == pytest.approx(decibels(9 * 0.587), abs=1e-9)
    assert compare(flat(9, 9, 9), flat(0, 0, 0), Protocol("grey")).psnr == pytest.approx(decibels(9), abs=1e-9)


def test_rgb_is_the_mean_over_the_channels() -> None:
    psnr = compare(flat(6, 0, 0), flat(0, 0, 0), Protocol("rgb")).psnr
    assert psnr == pytest.approx(decibels(6 / math.sqrt(3)), abs=1e-9)


@pytest.mark.parametrize("channel", ["y", "rgb", "grey"])
def test_a_grey_picture_is_its_own_colour_version(channel: Channel) -> None:
    assert compare(flat(77), flat(77, 77, 77), Protocol(channel)).psnr == math.inf


def test_luma_of_a_grey_picture_has_the_range_of_the_studio_too() -> None:
    assert compare(flat(9), flat(0), Protocol("y")).psnr == pytest.approx(decibels(9 * 219 / 255), abs=1e-9)


def test_rounding_is_to_the_nearest_8_bits_within_the_range() -> None:
    assert compare(flat(100.4), flat(100), Protocol("rgb")).psnr == math.inf
    assert compare(flat(100.6), flat(100), Protocol("rgb")).psnr == pytest.approx(decibels(1), abs=1e-9)
    assert compare(flat(300), flat(255), Protocol("rgb", rounded=False)).psnr == math.inf
    unrounded = compare(flat(100.4), flat(100), Protocol("rgb", rounded=False)).psnr
    assert unrounded == pytest.approx(decibels(0.4), abs=1e-3)


def test_the_border_does_not_count() -> None:
    framed = flat(50, 50, 50)
    framed.pixels[:3] = framed.pixels[-3:] = 1
    framed.pixels[:, :3] = framed.pixels[:, -3:] = 1
    assert compare(framed, flat(50, 50, 50), Protocol(crop=2)).psnr < 20
    assert compare(framed, flat(50, 50, 50), Protocol(crop=3)).psnr == math.inf


def test_structure_is_left_out_where_no_window_fits() -> None:
    def scores(side: int, crop: int = 0) -> tuple[bool, bool]:
        picture = flat(9, height=side, width=200)
        found = compare(picture, picture, Protocol(crop=crop))
        return found.ssim is not None, found.ms_ssim is not None

    assert scores(10) == (False, False)
    assert scores(11) == scores(160) == (True, False)
    assert scores(161) == (True, True)
    assert scores(161, crop=1) == (True, False)


@pytest.mark.parametrize(
    ("output", "protocol", "said"),
    [
        (flat(0, width=25), Protocol(), "25 x 20 and 24 x 20 pixels"),
        (flat(0), Protocol(crop=10), "24 x 20 pixels is gone when 10 border pixels"),
        (flat(math.nan), Protocol(), "not numbers"),
    ],
)
def test_what_cannot_be_compared(output: Picture, protocol: Protocol, said: str) -> None:
    with pytest.raises(MetricError, match=said):
        compare(output, flat(0), protocol)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"channel": "y"}, "Y of BT.601 (16 to 235, not rounded; of grey pictures too)"),
        ({"channel": "grey"}, "0.299 R"),
        ({"crop": 4}, "4 border pixels cut"),
        ({"rounded": False}, "not rounded, range 255"),
        ({"scale": 4, "reduction": "bicubic"}, "reduced 4 times by antialiased bicubic as MATLAB's imresize"),
        ({"scale": 4, "reduction": "bicubic", "spoil": "world"}, "inputs reduced 4 times with blur, noise and JPEG"),
        ({"spoil": "motion"}, "shaking hand, by chance (36 pixels if all is exposed; grain of a deviation up to 1 of"),
        ({"spoil": "haze"}, "(density 0.4 to 2, air-light 0.7 to 1, each channel up to 5% off) and rounded to 8 bits"),
        ({"spoil": "given"}, "inputs given beside the truth, Y of"),
    ],
)
def test_the_protocol_is_said_in_full(options: dict[str, Any], said: str) -> None:
    protocol = Protocol(**options)
    assert said in protocol.describe()
    stated = protocol.as_json()
    assert stated["description"] == protocol.describe()
    assert stated["data_range"] == 255
    assert {"PSNR", "SSIM", "MS-SSIM"} == stated["measures"].keys()
    assert stated.items() >= options.items()


def test_the_distance_is_taken_of_rgb_within_the_border() -> None:
    def features(image: torch.Tensor) -> dict[str, torch.Tensor]:
        assert image.dtype == torch.float32
        assert image.shape == (1, 3, 18, 22)
        return {"pixels": image}

    protocol = Protocol("y", crop=1, features="pixels")
    red, blue = flat(255, 0, 0), flat(0, 0, 255)
    assert compare(red, red, protocol, features).distance == 0
    assert compare(red, blue, protocol, features).distance == pytest.approx(2)
    assert compare(red, blue, Protocol()).distance is None
    assert "pixels" in protocol.measures()["distance"]
    assert "distance" not in Protocol().measures()
