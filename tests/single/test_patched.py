"""A photo as it is, in the place of a trained one: samples, edits, paintings, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas import single
from ganvas.images import Picture, PictureError, resize, write
from ganvas.single.patched import Patched
from ganvas.single.patches import PatchNeighbours

QUICK = PatchNeighbours(iterations=3, exhaustive=300)


def scene(height: int = 36, width: int = 45) -> torch.Tensor:
    """Smooth ground under a darker half."""
    random = torch.Generator().manual_seed(1)
    ground = resize(torch.rand(1, 3, 12, 15, generator=random), (height, width)) * 0.4 + 0.3
    ground[:, :, : height // 2] -= 0.2
    return ground.clamp(0, 1)


@pytest.fixture(scope="module")
def photo() -> Patched:
    return Patched(scene(), QUICK)


@pytest.fixture
def pasted(photo: Patched) -> Picture:
    image = photo.photo.clone()
    image[..., 26:34, 33:43] = torch.tensor([0.9, 0.1, 0.9]).view(3, 1, 1)
    return Picture.from_tensor(image)


def test_samples_follow_from_the_seed_and_not_from_their_count(photo: Patched) -> None:
    heard = list[tuple[int, int]]()
    three = single.sample(photo, 3, seed=-5, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    (one,) = single.sample(photo, 1, seed=-5)
    assert np.array_equal(three[0].pixels, one.pixels)
    assert not np.array_equal(three[0].pixels, three[1].pixels)
    assert not np.array_equal(one.pixels, single.sample(photo, 1, seed=5)[0].pixels)


def test_samples_of_any_size_from_any_level(photo: Patched) -> None:
    (wide,) = single.sample(photo, 1, scale=(0.5, 1.2))
    assert (wide.width, wide.height) == (54, 18)
    (tall,) = single.sample(photo, 1, start_level=2, width=30, height=40)
    assert (tall.width, tall.height) == (30, 40)
    with pytest.raises(single.SingleError, match=r"level 3 does not exist here: .* 0 .* to 2 "):
        single.sample(photo, start_level=3)
    with pytest.raises(single.SingleError, match="at least 7 pixels"):
        single.sample(photo, width=6)


def test_an_edit_keeps_the_photo_outside_of_its_mask(photo: Patched, pasted: Picture) -> None:
    blend = single.harmonise(photo, pasted)
    assert (blend.mask.pixels == 0).mean() > 0.1
    outside = blend.mask.pixels[..., 0] == 0
    assert np.abs(blend.picture.pixels - photo.photo[0].permute(1, 2, 0).numpy())[outside].max() <= 1 / 255
    assert np.abs(blend.picture.pixels - pasted.pixels)[28:32, 35:41].mean() > 0.01


def test_an_edit_loses_what_the_photo_has_not_where_a_harmonisation_keeps_a_trace(
    photo: Patched, pasted: Picture
) -> None:
    """No patch of the photo is violet; gone over many times from far below, nothing is left of the square."""
    plain = photo.photo[0].permute(1, 2, 0).numpy()

    def trace(picture: Picture) -> float:
        return float(np.abs(picture.pixels - plain)[26:34, 33:43].mean())

    edited, harmonised = single.edit(photo, pasted, level=0), single.harmonise(photo, pasted, level=2)
    assert trace(edited.raw) < 0.7 * trace(harmonised.raw) < 0.5 * trace(pasted)


def test_a_painting_enters_from_level_0_in_the_photos_size_and_colours(photo: Patched) -> None:
    painting = Picture.from_tensor(scene(72, 90).flip(2))
    made = single.paint(photo, painting)
    assert (made.width, made.height) == (45, 36)
    assert made.remarks == ("The painting of 90 x 72 pixels was resized to the photo's 45 x 36.",)
    assert np.array_equal(made.pixels, single.paint(photo, painting, level=0).pixels)
    assert made.pixels[:12].mean() > made.pixels[-12:].mean() + 0.1
    assert not np.array_equal(made.pixels, single.paint(photo, painting, quantise="rgb").pixels)
    with pytest.raises(single.SingleError, match=r"level 3 does not exist here: .* 0 .* to 2 "):
        single.paint(photo, painting, 3)


def test_large_photos_are_reduced_as_for_a_training(tmp_path: Path) -> None:
    write(Picture.from_tensor(scene(60, 81)), tmp_path / "photo.png")
    reduced = single.patched(tmp_path / "photo.png", max_size=50)
    assert reduced.photo.shape == (1, 3, 38, 50)
    assert reduced.remarks == ("The photo of 81 x 60 pixels was reduced to 50 x 38 (max_size).",)
    whole = single.patched(tmp_path / "photo.png")
    assert (whole.photo.shape, whole.remarks) == ((1, 3, 60, 81), ())
    assert whole.real(0).shape == (1, 3, 21, 28)


def test_files_that_do_not_suit_are_one_sentence(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(single.SingleError, match="is not a picture: the engine patches is given the photo itself"):
        single.patched(trained)
    write(Picture.from_tensor(scene()), tmp_path / "photo.png")
    with pytest.raises(single.SingleError, match=r"is a picture, not a trained photo: .*--engine patches"):
        single.opened(tmp_path / "photo.png")
    with pytest.raises(PictureError):
        single.patched(tmp_path / "nowhere.png")
