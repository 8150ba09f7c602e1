"""What models are given when they are measured: by chance but the same each time, or as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganvas.degrade import reduce
from ganvas.errors import GanvasError
from ganvas.images import Picture
from ganvas.metrics import Protocol
from ganvas.metrics.protocol import Spoil
from ganvas.report.inputs import beside, cases, made, spoil_for

Make = Callable[..., Picture]
Folder = Callable[[str, dict[str, Picture]], Path]


@pytest.fixture(name="picture")
def makes(made: Make) -> Make:
    """``made`` of the folder's own fixtures, which bears the name of what is tested here."""
    return made


@pytest.mark.parametrize("spoil", ["motion", "haze"])
def test_the_same_picture_is_spoilt_in_the_same_way_and_another_in_another(spoil: Spoil, picture: Make) -> None:
    protocol = Protocol(spoil=spoil)
    first, again = (made(picture(30, 41), protocol) for _ in range(2))
    assert np.array_equal(first.pixels, again.pixels)
    # With one pixel changed by one grade the picture is all but the same, the chance is not.
    other = picture(30, 41)
    other.pixels[0, 0, 0] += (1 if other.pixels[0, 0, 0] < 0.5 else -1) / 255
    assert np.abs(made(other, protocol).pixels - first.pixels).mean() > 2 / 255
    assert np.array_equal(np.rint(first.pixels * 255).astype(np.float32) / np.float32(255), first.pixels)


def test_haze_takes_contrast_and_motion_takes_detail(picture: Make) -> None:
    truth = Picture(np.tile(np.array([[[0.2]], [[0.8]]], np.float32), (20, 40, 3)))
    for spoil in ("haze", "motion"):
        assert made(truth, Protocol(spoil=spoil)).pixels.std() < truth.pixels.std()
    smooth = picture(40, 40)
    assert made(smooth, Protocol(spoil="haze")).pixels.mean() > smooth.pixels.mean()
    assert made(smooth, Protocol(spoil="motion")).pixels.mean() == pytest.approx(smooth.pixels.mean(), abs=0.02)


@pytest.mark.parametrize("spoil", ["motion", "haze"])
@pytest.mark.parametrize("size", [(1, 9), (7, 1)])
def test_pictures_of_a_few_pixels_can_be_spoilt(spoil: Spoil, size: tuple[int, int], picture: Make) -> None:
    spoilt = made(picture(*size), Protocol(spoil=spoil))
    assert spoilt.pixels.shape == (*size, 3)
    assert np.isfinite(spoilt.pixels).all()


def test_only_reduced_nothing_is_by_chance(picture: Make) -> None:
    truth = picture(24, 36)
    low = made(truth, Protocol(scale=3, reduction="box"))
    assert np.array_equal(low.pixels, Picture.from_tensor(reduce(truth.tensor().double(), 3, "box")).pixels)
    assert beside(low, Protocol(scale=3))[0] == "bicubic"
    assert beside(truth, Protocol()) == ("input", truth)


def test_both_layouts_of_pairs_are_read_alike(picture: Make, folder: Folder) -> None:
    pairs = {name: (picture(20, 24, seed=k), picture(20, 24, seed=k + 2)) for k, name in enumerate(("a", "sub/b"))}
    folders = {f"{side}/{name}.png": both[k] for name, both in pairs.items() for k, side in enumerate(("A", "B"))}
    halves = {
        f"{name}.png": Picture(np.concatenate([each.pixels for each in both], axis=1)) for name, both in pairs.items()
    }
    for where in (folder("two", folders), folder("one", halves)):
        found = cases(where, Protocol(spoil="given"))
        assert [case.name for case in found] == ["a", "sub/b"]
        for case, both in zip(found, pairs.values(), strict=True):
            for opened, expected in zip(case.open(), both, strict=True):
                assert np.array_equal(opened.pixels, expected.pixels)


def test_given_pictures_are_in_colour_and_opaque(picture: Make, folder: Folder) -> None:
    grey = picture(20, 24, channels=1)
    clear = picture(20, 24).with_pixels(picture(20, 24).pixels, np.full((20, 24), 0.5, np.float32))
    (case,) = cases(folder("set", {"input/a.png": grey, "target/a.png": clear}), Protocol(spoil="given"))
    input, truth = case.open()
    assert np.array_equal(input.pixels, grey.pixels.repeat(3, axis=2))
    assert truth.alpha is None
    assert truth.pixels.shape == (20, 24, 3)


@pytest.mark.parametrize(
    ("task", "scale", "asked", "expected"),
    [
        ("enlarge", 4, None, None),
        ("enlarge", 4, "world", "world"),
        ("deblur", 1, None, "motion"),
        ("dehaze", 1, None, "haze"),
        ("dehaze", 1, "motion", "motion"),
        ("translate", 1, "given", "given"),
        ("enlarge", 1, "given", "given"),
    ],
)
def test_inputs_are_made_by_what_a_model_undoes(
    task: str, scale: int, asked: Spoil | None, expected: Spoil | None
) -> None:
    assert spoil_for("net", task, scale, asked) == expected


@pytest.mark.parametrize(
    ("task", "scale", "asked", "said"),
    [
        ("enlarge", 2, "haze", "net enlarges pictures, and --spoil is for models that keep the size"),
        ("deblur", 1, "world", "net keeps the size of a picture, and --spoilt is for models that enlarge"),
        ("translate", 1, None, "what net is to be given: use folders of pairs and --spoil given"),
        ("translate", 1, "haze", "what net is to be given: use folders of pairs and --spoil given"),
        ("enlarge", 1, None, "what net is to be given"),
    ],
)
def test_inputs_that_cannot_be_made_are_refused(task: str, scale: int, asked: Spoil | None, said: str) -> None:
    with pytest.raises(GanvasError, match=said):
        spoil_for("net", task, scale, asked)
