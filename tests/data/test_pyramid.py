"""SinGAN's ladder of sizes, checked on stored runs, and its resizing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganvas.data.batches import Images
from ganvas.data.pairs import DataError
from ganvas.data.pyramid import Original, Repeated, eight_bits, ladder, passes, quantised, resized

STORED = {
    (244, 164): "38x25 48x32 60x41 76x51 96x65 121x82 153x103 193x130 244x164",
    (250, 141): "45x25 56x32 69x39 85x48 106x60 131x74 163x92 202x114 250x141",
}


@pytest.mark.parametrize("size", STORED)
def test_sizes_of_stored_runs(size: tuple[int, int]) -> None:
    width, height = size
    levels = ladder(height, width)
    assert " ".join(f"{columns}x{rows}" for rows, columns in levels.sizes) == STORED[size]
    assert levels.shrink == 1


def test_factor_of_a_stored_run() -> None:
    assert ladder(164, 244).factor == pytest.approx(0.79047, abs=5e-6)


def test_a_large_photo_is_reduced_first() -> None:
    levels = ladder(1000, 750)
    assert levels.shrink == 0.25
    assert levels.sizes[0] == (34, 25)
    assert levels.sizes[-1] == (250, 188)
    assert len(ladder(250, 250).sizes) == 11


@pytest.mark.parametrize(
    ("width", "height", "official", "fixed"), [(163, 73, 8, 8), (123, 55, 6, 6), (80, 120, 9, 8), (120, 80, 8, 8)]
)
def test_levels_for_super_resolution(width: int, height: int, official: int, fixed: int) -> None:
    factor = 1 / passes(4)[1]
    assert len(ladder(height, width, 18, 250, factor, "official").sizes) == official
    assert len(ladder(height, width, 18, 250, factor, "fixed").sizes) == fixed


def test_the_coarsest_is_as_asked_and_none_shrinks() -> None:
    for height in range(25, 300, 7):
        for width in range(25, 300, 11):
            if min(height, width) * min(250 / max(height, width), 1) < 25:
                continue
            levels = ladder(height, width)
            assert min(levels.sizes[0]) == 25
            assert max(levels.sizes[-1]) == min(250, max(height, width))
            assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in zip(levels.sizes, levels.sizes[1:], strict=False))


@pytest.mark.parametrize(
    ("height", "width", "says"),
    [(20, 90, "has 90 x 20 pixels"), (60, 1000, r"becomes 250 x 15 at max_size 250.*larger max_size")],
)
def test_too_small_a_photo_is_one_sentence(height: int, width: int, says: str) -> None:
    with pytest.raises(DataError, match=says):
        ladder(height, width)


@pytest.mark.parametrize(("scale", "count", "factor"), [(2, 3, 1.259921), (3, 5, 1.245731), (4, 6, 1.259921)])
def test_passes_of_super_resolution(scale: int, count: int, factor: float) -> None:
    assert passes(scale) == (count, pytest.approx(factor, abs=5e-7))
    assert passes(8) == (9, pytest.approx(2 ** (1 / 3)))


@pytest.mark.parametrize("scale", [0.79047, 1 / 0.79047, 1.0, 0.3])
def test_the_resize_is_the_authors(scale: float) -> None:
    """Their formula written out in one dimension, counting from 1."""
    row = np.random.default_rng(0).integers(256, size=23) / 255
    expected: list[float] = []
    for x in range(1, math.ceil(23 * scale) + 1):
        u = x / scale + 0.5 * (1 - 1 / scale)
        stretch = min(scale, 1)
        places = range(math.floor(u - 2 / stretch) - 1, math.ceil(u + 2 / stretch) + 2)
        weights = np.array([cubic(stretch * (u - place)) for place in places])
        mirror = [*range(23), *reversed(range(23))]
        expected.append(float(weights @ [row[mirror[(place - 1) % 46]] for place in places] / weights.sum()))
    image = torch.from_numpy(row).view(1, 1, 1, 23).expand(1, 3, 23, 23)
    made = resized(image, scale)
    assert made[0, 1, 0].tolist() == pytest.approx(np.clip(expected, 0, 1), abs=1e-9)


def cubic(x: float) -> float:
    x = abs(x)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x <= 2 else 0.0


def test_eight_bits_stay_and_the_rest_is_cut_off() -> None:
    every = torch.arange(256).float() / 255
    for how in ("floor8", "round8", "none"):
        assert torch.equal(eight_bits(quantised(every, how), how), torch.arange(256).byte())
    between = torch.tensor([-0.2, 0.9 / 255, 1.9 / 255, 1.3])
    assert (quantised(between, "floor8") * 255).tolist() == pytest.approx([0, 0, 1, 255])
    assert (quantised(between, "round8") * 255).tolist() == pytest.approx([0, 1, 2, 255])
    assert (quantised(between, "none") * 255).tolist() == pytest.approx([0, 0.9, 1.9, 255])
    assert eight_bits(between, "none").tolist() == [0, 1, 2, 255]


def test_only_the_input_of_a_resize_is_quantised() -> None:
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    made = resized(image, 0.7)
    assert torch.equal(made, resized(quantised(image, "floor8"), 0.7, "none"))
    assert not torch.equal(made, quantised(made, "floor8"))
    assert 0 <= made.min() <= made.max() <= 1


def test_one_batch_for_ever_and_for_one_process() -> None:
    batch = Images(torch.zeros(1))
    stream = Repeated(batch)
    assert next(stream) is next(stream) is batch
    assert stream.position == 2
    with pytest.raises(DataError, match="--processes 1"):
        stream.share(0, 2)


def test_another_photo_is_noticed() -> None:
    photo = torch.randint(256, (1, 3, 4, 4), dtype=torch.uint8)
    Original(photo).load_state_dict(Original(photo.clone()).state_dict())
    with pytest.raises(DataError, match="another photo"):
        Original(photo).load_state_dict({"photo": photo + 1})
