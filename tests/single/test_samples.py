"""Samples and enlargements of a trained photo: sizes, seeds, levels, and which files hold one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas import single
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid
from ganvas.single.trained import seeded


def apart(pictures: list[Picture]) -> float:
    return float(np.stack([picture.pixels for picture in pictures]).std(axis=0).mean())


def test_a_file_gives_the_pyramid_that_was_stored(trained: Path, pyramid: Pyramid) -> None:
    opened = single.opened(trained)
    assert torch.equal(opened.draw(noise="rec"), pyramid.draw(noise="rec"))


def test_other_models_are_refused() -> None:
    with pytest.raises(single.SingleError, match=r"fidelity-x2 holds no trained photo .its recipe is compact"):
        single.opened("fidelity-x2")


def test_samples_follow_from_the_seed_and_not_from_their_count(pyramid: Pyramid) -> None:
    state = torch.get_rng_state()
    three, one = single.sample(pyramid, 3, seed=5), single.sample(pyramid, 1, seed=5)
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(three[0].pixels, one[0].pixels)
    assert not np.array_equal(three[0].pixels, three[1].pixels)
    assert not np.array_equal(one[0].pixels, single.sample(pyramid, 1, seed=6)[0].pixels)
    assert three[0].pixels.shape == (60, 80, 3)


def test_diversity_falls_with_the_start_level(pyramid: Pyramid) -> None:
    spread = [apart(single.sample(pyramid, 6, level)) for level in range(len(pyramid.levels))]
    assert all(earlier > later for earlier, later in pairwise(spread))
    assert spread[-1] > 0


@pytest.mark.parametrize(("width", "height"), [(133, 41), (80, 61), (7, 90), (333, None), (None, 59)])
def test_any_size(pyramid: Pyramid, width: int | None, height: int | None) -> None:
    (picture,) = single.sample(pyramid, 1, width=width, height=height)
    assert (picture.width, picture.height) == (width or 80, height or 60)


def test_sides_can_be_scaled(pyramid: Pyramid) -> None:
    (picture,) = single.sample(pyramid, 1, start_level=1, scale=(1.0, 1.5))
    assert (picture.width, picture.height) == (120, 60)


def test_what_cannot_be_drawn_is_said(pyramid: Pyramid) -> None:
    last = len(pyramid.levels) - 1
    with pytest.raises(single.SingleError, match=f"level {last + 1} does not exist here: .* 0 .* to {last} "):
        single.sample(pyramid, start_level=last + 1)
    with pytest.raises(single.SingleError, match="level -1 does not exist"):
        single.sample(pyramid, start_level=-1)
    with pytest.raises(single.SingleError, match="at least 3 x 3 pixels"):
        single.sample(pyramid, width=1)
    for factor in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(single.SingleError, match=r"the width cannot be .* give a scale above 0"):
            single.sample(pyramid, scale=(1.0, factor))
    with pytest.raises(single.SingleError, match="the height is asked for twice"):
        single.sample(pyramid, scale=(2.0, 1.0), height=30)


@pytest.mark.parametrize("scale", [1.01, 1.5, 2, 2.7, 3, 4])
def test_an_enlargement_has_the_size_to_the_pixel(pyramid: Pyramid, scale: float) -> None:
    picture = single.enlarge(pyramid, scale)
    assert (picture.width, picture.height) == (int(80 * scale), int(60 * scale))


@pytest.mark.parametrize("seed", [0, 1, -1])
def test_the_first_sample_is_not_the_reconstruction_of_a_training_of_that_seed(pyramid: Pyramid, seed: int) -> None:
    torch.manual_seed(seed)
    star = pyramid.noise(0)
    with seeded(pyramid, seed):
        assert not torch.equal(pyramid.noise(0), star)


def test_an_enlargement_is_the_finest_level_repeated(pyramid: Pyramid) -> None:
    last = len(pyramid.levels) - 1
    image = pyramid.real(last)
    with seeded(pyramid, 3):
        for _ in range(3):
            larger = pyramid.resize(image, 2 ** (1 / 3))
            image = pyramid.made(last, larger, pyramid.noise(last, (larger.shape[-2], larger.shape[-1])))
    expected = image[..., :120, :160].clamp(0, 1)
    assert torch.equal(single.enlarge(pyramid, 2, seed=3).tensor(), expected)


def test_what_the_finest_level_leaves_alone_is_only_resized(pyramid: Pyramid) -> None:
    torch.manual_seed(0)
    still = Pyramid(pyramid.resize)
    still.load_state_dict(pyramid.state_dict())
    still.eval()
    for parameter in still.levels[-1].parameters():
        parameter.data.zero_()
    back = pyramid.resize(single.enlarge(still, 4).tensor(), 0.25)
    assert (back - pyramid.real(len(pyramid.levels) - 1)).abs().mean().item() < 0.02


@pytest.mark.parametrize("scale", [1, 0.5, -2, 17, float("nan")])
def test_scales_have_limits(pyramid: Pyramid, scale: float) -> None:
    with pytest.raises(single.SingleError, match="give a scale above 1, up to 16"):
        single.enlarge(pyramid, scale)
