"""Pictures in folders: what is found, how it comes out, and how much of it is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.data.albums import Kept, opened, pictures_below, window
from ganvas.data.pairs import DataError
from ganvas.images import Picture, write


class Making:
    """Rows of as many bytes as asked for, and a list of what was made."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes, self.made = nbytes, list[int]()

    def __call__(self, key: int) -> NDArray[np.uint8]:
        self.made.append(key)
        return np.full(self.nbytes, key, np.uint8)


def test_what_is_kept_is_made_once() -> None:
    making = Making(10)
    kept = Kept(making, room=30)
    for key in (0, 1, 2, 0, 1, 2):
        assert (kept[key] == key).all()
    assert making.made == [0, 1, 2]


def test_the_one_not_wanted_for_longest_goes_first() -> None:
    making = Making(10)
    kept = Kept(making, room=30)
    for key in (0, 1, 2, 0, 3):  # 1 has to go for 3
        kept[key]
    making.made.clear()
    for key in (0, 2, 3, 1):
        kept[key]
    assert making.made == [1]


def test_no_more_is_kept_than_there_is_room_for() -> None:
    making = Making(10)
    kept = Kept(making, room=39)
    for key in range(20):
        kept[key]
    assert [kept[key][0] for key in (17, 18, 19)] == [17, 18, 19]
    assert len(making.made) == 20
    assert kept[16][0] == 16
    assert len(making.made) == 21


def test_one_larger_than_the_room_is_kept_alone() -> None:
    making = Making(100)
    kept = Kept(making, room=30)
    for key in (0, 0, 1, 1, 0):
        kept[key]
    assert making.made == [0, 1, 0]


def test_pictures_are_called_by_their_path_without_the_ending(photos: Path) -> None:
    (photos / "cut off.jpg").unlink()
    found = pictures_below(photos)
    assert found["sub/grey"] == photos / "sub" / "grey.tif"
    assert found["sub/alpha"] == photos / "sub" / "alpha.PNG"
    assert "notes" not in found
    assert list(found) == sorted(found)


def test_one_name_twice_is_an_error_that_names_both(photos: Path) -> None:
    Image.new("RGB", (8, 8)).save(photos / "a.jpg")
    with pytest.raises(DataError, match=r"a\.jpg and .*a\.png"):
        pictures_below(photos)


def test_a_folder_without_pictures_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(DataError, match=f"no picture in {tmp_path}"):
        pictures_below(tmp_path)


def test_grey_alpha_and_16_bits_come_out_as_8_bit_colours(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(256, size=(9, 7, 4), dtype=np.uint8)
    Image.fromarray(pixels[..., 0]).save(tmp_path / "grey.png")
    Image.fromarray(pixels).save(tmp_path / "alpha.png")
    fine = random.integers(65536, size=(9, 7, 3)).astype(np.float32) / 65535
    write(Picture(fine, depth=16), tmp_path / "deep.png")
    grey, alpha, deep = (opened(tmp_path / f"{name}.png", None, 1) for name in ("grey", "alpha", "deep"))
    assert all(each.shape == (9, 7, 3) and each.dtype == np.uint8 for each in (grey, alpha, deep))
    assert np.array_equal(grey, pixels[..., :1].repeat(3, axis=2))
    assert np.array_equal(alpha, pixels[..., :3])
    assert np.array_equal(deep, (fine * 255).round().astype(np.uint8))
    assert len(np.unique(deep)) > 100


def test_opened_at_another_size(tmp_path: Path) -> None:
    path = tmp_path / "flat.png"
    Image.new("RGB", (30, 12), (10, 200, 90)).save(path)
    assert opened(path, None, 12).shape == (12, 30, 3)
    square = opened(path, 16, 16)
    assert square.shape == (16, 16, 3)
    assert (square == (10, 200, 90)).all()


def test_too_few_pixels_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    Image.new("RGB", (30, 12)).save(path)
    with pytest.raises(DataError, match=r"small\.png has 30 x 12 pixels, too few for patches of 13"):
        opened(path, None, 13)
    with pytest.raises(DataError, match=r"small\.png"):
        opened(path, 13, 14)


def test_windows_lie_everywhere_and_half_of_them_are_mirrored() -> None:
    pixels = np.arange(5 * 6, dtype=np.uint8).reshape(5, 6, 1)  # 6 · row + column
    corners, mirrored = set[int](), 0
    for seed in range(400):
        part = (window(pixels, 4, np.random.default_rng(seed), mirrored=True)[0] * 255).round().int()
        assert part.shape == (4, 4)
        assert (part.diff(dim=0) == 6).all()
        flipped = bool(part[0, 0] > part[0, 1])
        assert (part.diff(dim=1) == (-1 if flipped else 1)).all()
        mirrored += flipped
        corners.add(int(part.min()))
    assert corners == {6 * top + left for top in range(2) for left in range(3)}
    assert 160 < mirrored < 240


def test_windows_that_are_not_to_be_mirrored_lie_at_the_same_places() -> None:
    pixels = np.random.default_rng(0).integers(256, size=(9, 9, 3), dtype=np.uint8)
    turned = 0
    for seed in range(20):
        plain, other = (window(pixels, 4, np.random.default_rng(seed), mirrored) for mirrored in (False, True))
        assert plain.dtype == torch.float32
        assert torch.equal(plain, other) or torch.equal(plain, other.flip(-1))
        turned += not torch.equal(plain, other)
    assert 4 < turned < 16
