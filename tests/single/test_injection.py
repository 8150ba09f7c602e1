"""Pictures that enter a pyramid: masks, composites, sizes, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_dilation

from ganvas import single
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid
from ganvas.single.injection import injected
from ganvas.single.masks import changed, marked, softened
from ganvas.single.trained import seeded


def corner(size: tuple[int, int], side: int = 6) -> Picture:
    """White in the upper left corner."""
    pixels = np.zeros((*size, 1), np.float32)
    pixels[:side, :side] = 1
    return Picture(pixels)


@pytest.fixture
def photo(pyramid: Pyramid) -> Picture:
    return Picture.from_tensor(pyramid.photo.float() / 255)


@pytest.fixture
def pasted(photo: Picture) -> Picture:
    pixels = photo.pixels.copy()
    pixels[:6, :6] = 1 - pixels[:6, :6].round()
    return photo.with_pixels(pixels)


def test_the_mask_is_dilated_by_a_disk_and_softened() -> None:
    mask = torch.zeros(1, 1, 61, 61, dtype=torch.bool)
    mask[..., 30, 30] = True
    y, x = np.ogrid[-7:8, -7:8]
    disk = binary_dilation(mask[0, 0].numpy(), x**2 + y**2 <= 49)
    sharp = softened(mask, 7, sigma=1e-3)[0, 0].numpy()
    assert np.array_equal(sharp > 0.5, disk)
    soft = softened(mask, 7)
    assert (soft.min().item(), soft.max().item()) == (0, 1)
    assert torch.equal(soft, soft.flip(-1))
    # The blur reaches four sigmas beyond the disk.
    assert soft[0, 0, 30, 57].item() > 0
    assert soft[0, 0, 30, 58].item() == 0


def test_masks_that_cover_all_or_nothing() -> None:
    assert softened(torch.ones(1, 1, 8, 8, dtype=torch.bool), 7).unique().tolist() == [1]
    with pytest.raises(single.SingleError, match="the mask is empty"):
        softened(torch.zeros(1, 1, 8, 8, dtype=torch.bool), 7)


def test_what_differs_is_marked(photo: Picture, pasted: Picture) -> None:
    where = changed(pasted.tensor(), photo.tensor() + 0.05)[0, 0]
    assert where[:6, :6].any()
    assert not where[6:].any()
    assert marked(corner((60, 80)).tensor())[0, 0].sum().item() == 36


@pytest.mark.parametrize("given", [True, False])
def test_outside_the_mask_the_photo_stays(pyramid: Pyramid, photo: Picture, pasted: Picture, given: bool) -> None:
    blend = single.harmonise(pyramid, pasted, corner((60, 80)) if given else None)
    mask = blend.mask.pixels[..., 0]
    outside = mask == 0
    assert outside.mean() > 0.3
    assert np.abs(blend.picture.pixels - photo.pixels)[outside].max() <= 1 / 255
    assert mask[:6, :6].min() > 0.8
    assert np.abs(blend.picture.pixels - photo.pixels)[:6, :6].mean() > 0.01
    expected = (1 - mask[..., None]) * photo.pixels + mask[..., None] * blend.raw.pixels
    np.testing.assert_allclose(blend.picture.pixels, expected, atol=1e-6)


def test_an_edit_reaches_further_than_a_harmonisation(pyramid: Pyramid, pasted: Picture) -> None:
    edited, harmonised = (
        task(pyramid, pasted, corner((60, 80))).mask.pixels[:, 0, 0] for task in (single.edit, single.harmonise)
    )
    assert np.count_nonzero(edited) - np.count_nonzero(harmonised) == 13


def test_a_picture_enters_as_the_specification_says(pyramid: Pyramid) -> None:
    image, level = torch.rand(1, 3, 60, 80), 2
    s, (height, width) = pyramid.factor, pyramid.sizes[level - 1]
    below = pyramid.resize(image, s ** (len(pyramid.sizes) - level))[..., :height, :width]
    height, width = pyramid.sizes[level]
    entering = pyramid.resize(below, 1 / s)[..., :height, :width]
    with seeded(pyramid, 4):
        expected = pyramid.draw(level, entering)
    assert torch.equal(injected(pyramid, image, level, seed=4), expected)


def test_a_painting_follows_the_seed_and_less_so_from_a_later_level(pyramid: Pyramid, pasted: Picture) -> None:
    first, again, other = (single.paint(pyramid, pasted, 1, seed).pixels for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    last = len(pyramid.levels) - 1
    late = [single.paint(pyramid, pasted, last, seed).pixels for seed in (1, 2)]
    assert np.abs(first - other).mean() > np.abs(late[0] - late[1]).mean() > 0


def test_a_painting_can_take_the_photos_colours(pyramid: Pyramid, pasted: Picture) -> None:
    plain, few = single.paint(pyramid, pasted), single.paint(pyramid, pasted, quantise="rgb")
    assert plain.pixels.shape == few.pixels.shape == (60, 80, 3)
    assert np.abs(plain.pixels - few.pixels).mean() > 1e-3


def test_other_sizes_are_resized_and_remarked(pyramid: Pyramid, pasted: Picture) -> None:
    double = Picture(pasted.pixels.repeat(2, axis=0).repeat(2, axis=1))
    blend = single.edit(pyramid, double, corner((30, 40), 3))
    assert blend.picture.pixels.shape == (60, 80, 3)
    assert blend.picture.remarks == (
        "The picture of 160 x 120 pixels was resized to the learnt photo's 80 x 60.",
        "The mask of 40 x 30 pixels was resized to the learnt photo's 80 x 60.",
    )
    assert single.edit(pyramid, pasted).picture.remarks == ()


def test_grey_alpha_and_16_bits(pyramid: Pyramid) -> None:
    grey = Picture(np.random.default_rng(0).random((60, 80, 1), np.float32), np.ones((60, 80), np.float32), depth=16)
    made = single.paint(pyramid, grey)
    assert (made.pixels.shape, made.alpha, made.depth) == ((60, 80, 3), None, 8)


def test_levels_that_do_not_exist(pyramid: Pyramid, pasted: Picture) -> None:
    last = len(pyramid.levels) - 1
    for level in (0, last + 1):
        with pytest.raises(single.SingleError, match=f"level {level} does not exist here: .* 1 .* to {last}"):
            single.paint(pyramid, pasted, level)
        with pytest.raises(single.SingleError, match="does not exist"):
            single.edit(pyramid, pasted, level=level)


def test_a_photo_that_was_not_edited_has_no_mask(pyramid: Pyramid, photo: Picture) -> None:
    with pytest.raises(single.SingleError, match="no other than the photo"):
        single.harmonise(pyramid, photo)


def test_a_training_that_was_stopped_gives_its_size(pyramid: Pyramid, pasted: Picture) -> None:
    state = pyramid.state_dict()
    last = len(pyramid.levels) - 1
    stopped = Pyramid(pyramid.resize)
    stopped.load_state_dict(
        {key: tensor for key, tensor in state.items() if not key.startswith(f"levels.{last}.")}
        | {"amplitudes": state["amplitudes"][:last]}
    )
    stopped.eval()
    blend = single.edit(stopped, pasted)
    assert blend.picture.pixels.shape[:2] == blend.mask.pixels.shape[:2] == pyramid.sizes[last - 1]
