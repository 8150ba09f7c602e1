"""A canvas rounds to the nearest integer, wants its rows in order, and is the same in memory and on disk."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from numpy.typing import NDArray

from ganvas.images import Canvas, Depth, Floats
from ganvas.images.canvas import quantised


def filled(values: Floats, depth: Depth, in_memory: int, rows_at_a_time: int = 7) -> NDArray[np.generic]:
    """What comes out of a canvas into which ``values`` went."""
    bands = values.shape[2]
    with Canvas(values.shape[1], values.shape[0], 3 if bands > 2 else 1, depth, bands in (2, 4), in_memory) as canvas:
        for top in range(0, len(values), rows_at_a_time):
            canvas.put(top, values[top : top + rows_at_a_time])
        image = canvas.image()
        gc.collect()  # libvips calls back into Python objects that nothing but the canvas holds
        return image.numpy().reshape(values.shape)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_on_disk_equals_in_memory(depth: Depth, bands: int) -> None:
    values = np.random.default_rng(0).random((50, 31, bands), dtype=np.float32)
    in_memory, on_disk = filled(values, depth, 2**20), filled(values, depth, 0)
    assert in_memory.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert np.array_equal(in_memory, on_disk)
    assert np.array_equal(in_memory, np.rint(values * np.float32(2**depth - 1)))


@pytest.mark.parametrize("depth", [8, 16])
def test_rounding_is_to_the_nearest(depth: Depth) -> None:
    white = 2**depth - 1
    exact = np.arange(white + 1, dtype=np.float64) / white
    for shift in (-0.4, 0, 0.4):
        assert np.array_equal(quantised((exact + shift / white).astype(np.float32), depth), np.arange(white + 1))


def test_values_beyond_are_clamped() -> None:
    assert quantised(np.array([-5, -0.01, 1.01, 7], np.float32), 16).tolist() == [0, 0, 65535, 65535]


def test_strips_may_have_any_height() -> None:
    values = np.random.default_rng(1).random((40, 5, 3), dtype=np.float32)
    assert np.array_equal(filled(values, 8, 0, 1), filled(values, 8, 0, 40))


def test_a_canvas_can_be_read_twice() -> None:
    with Canvas(5, 4, 1) as canvas:
        canvas.put(0, np.full((4, 5, 1), 0.5, np.float32))
        assert canvas.image().avg() == canvas.image().avg() == 128


def test_rows_come_in_order_and_all_of_them() -> None:
    row = np.zeros((1, 4, 3), np.float32)
    with Canvas(4, 3, 3) as canvas:
        with pytest.raises(ValueError, match="do not follow"):
            canvas.put(1, row)
        canvas.put(0, row)
        with pytest.raises(ValueError, match="do not follow"):
            canvas.put(0, row)
        with pytest.raises(ValueError, match="do not follow"):
            canvas.put(1, np.zeros((3, 4, 3), np.float32))
        with pytest.raises(ValueError, match="not complete: 1 of 3 rows"):
            canvas.image()


def test_rows_have_the_width_and_the_channels() -> None:
    with Canvas(4, 3, 3) as canvas, pytest.raises(ValueError, match="rows are"):
        canvas.put(0, np.zeros((1, 4, 4), np.float32))
    with pytest.raises(ValueError, match="at least one pixel"):
        Canvas(0, 3, 3)
