"""What enters a level in each way, beside the chain of the notes' code put down by hand."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager

import pytest
import torch
from torch import nn

from ganvas.nets.pyramid import Noise, Pyramid, fitted
from ganvas.nets.singan import SinGANGenerator
from ganvas.recipes.entrance import Entrance, RealPath

SIZES = ((12, 15), (15, 19), (19, 24))


def resize(image: torch.Tensor, factor: float) -> torch.Tensor:
    size = [math.ceil(side * factor - 1e-5) for side in image.shape[-2:]]
    return nn.functional.interpolate(image.clamp(0, 1), size, mode="bilinear", align_corners=False)


@pytest.fixture(scope="module")
def pyramid() -> Pyramid:
    torch.manual_seed(0)
    pyramid = Pyramid(resize)
    pyramid.begin(torch.randint(256, (1, 3, *SIZES[-1]), dtype=torch.uint8), SIZES, (12 / 19) ** 0.5)
    for amplitude in (1.0, 0.2):
        net = SinGANGenerator([4] * 4)
        for kernel in (p for p in net.parameters() if p.ndim == 4):
            nn.init.normal_(kernel, 0, 0.3)
        pyramid.grow(net, amplitude)
    pyramid.freeze()
    return pyramid


@contextmanager
def spied(pyramid: Pyramid) -> Generator[list[tuple[int, tuple[int, ...]]]]:
    """Which levels work, and on which size."""
    calls: list[tuple[int, tuple[int, ...]]] = []
    hooks = [
        net.register_forward_hook(lambda _, __, made, level=level: calls.append((level, tuple(made.shape[-2:]))))
        for level, net in enumerate(pyramid.levels)
    ]
    yield calls
    for hook in hooks:
        hook.remove()


WAYS: list[tuple[RealPath | None, bool]] = [
    (photo, sharpened) for photo in (None, "through_prev_generator", "direct") for sharpened in (False, True)
]


@pytest.mark.parametrize("noise", ["rand", "rec"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_by_default_it_is_singans(pyramid: Pyramid, level: int, noise: Noise) -> None:
    torch.manual_seed(1)
    expected = pyramid.entering(level, noise)
    torch.manual_seed(1)
    assert torch.equal(Entrance()(pyramid, level, noise), expected)


@pytest.mark.parametrize(("photo", "sharpened"), WAYS)
def test_the_coarsest_level_is_given_nothing(pyramid: Pyramid, photo: RealPath | None, sharpened: bool) -> None:
    assert torch.equal(Entrance(photo, sharpened, True)(pyramid, 0, "rand"), torch.full((1, 3, *SIZES[0]), 0.5))


@pytest.mark.parametrize(("photo", "sharpened"), WAYS)
@pytest.mark.parametrize("level", [1, 2])
def test_only_the_reconstruction_is_always_the_same(
    pyramid: Pyramid, level: int, photo: RealPath | None, sharpened: bool
) -> None:
    way = Entrance(photo, sharpened, noise_after=True)
    first, second = way(pyramid, level, "rec"), way(pyramid, level, "rec")
    assert torch.equal(first, second)
    assert first.shape == (1, 3, *SIZES[level])
    one, other = way(pyramid, level, "rand"), way(pyramid, level, "rand")
    drawn = not (photo == "direct" and level == 1 and not sharpened)
    assert torch.equal(one, other) != drawn


def test_the_photo_passes_the_level_below(pyramid: Pyramid) -> None:
    way = Entrance("through_prev_generator")
    real = pyramid.real(1)
    again = fitted(pyramid.enlarged(pyramid.made(1, real)), SIZES[2])
    assert torch.equal(way(pyramid, 2, "rec"), again)
    torch.manual_seed(3)
    noise = pyramid.noise(1)
    torch.manual_seed(3)
    with spied(pyramid) as calls:
        fed = way(pyramid, 2, "rand")
    assert torch.equal(fed, fitted(pyramid.enlarged(pyramid.made(1, real, noise)), SIZES[2]))
    assert calls == [(1, SIZES[1])], "no level further down is asked"


@pytest.mark.parametrize("noise", ["rand", "rec"])
def test_the_coarsest_level_is_fed_zeros_in_place_of_the_photo(pyramid: Pyramid, noise: Noise) -> None:
    torch.manual_seed(4)
    own = pyramid.noise(0) if noise == "rand" else pyramid.reconstruction
    made = pyramid.made(0, torch.full((1, 3, *SIZES[0]), 0.5), own)
    torch.manual_seed(4)
    fed = Entrance("through_prev_generator")(pyramid, 1, noise)
    assert torch.equal(fed, fitted(pyramid.enlarged(made), SIZES[1]))


def test_the_photo_goes_past_all_levels(pyramid: Pyramid) -> None:
    way = Entrance("direct")
    with spied(pyramid) as calls:
        for level in (1, 2):
            expected = fitted(pyramid.enlarged(pyramid.real(level - 1)), SIZES[level])
            assert torch.equal(way(pyramid, level, "rec"), expected)
        assert torch.equal(way(pyramid, 1, "rand"), way(pyramid, 1, "rec"))
        torch.manual_seed(5)
        noisy = pyramid.real(1) + 0.2 / 2 * torch.randn(1, 3, *SIZES[1])
        torch.manual_seed(5)
        torch.testing.assert_close(way(pyramid, 2, "rand"), fitted(pyramid.enlarged(noisy), SIZES[2]))
    assert calls == []


@pytest.mark.parametrize("photo", [None, "through_prev_generator", "direct"])
@pytest.mark.parametrize("noise", ["rand", "rec"])
def test_only_in_the_last_link_a_level_works_again(pyramid: Pyramid, photo: RealPath | None, noise: Noise) -> None:
    with spied(pyramid) as regular:
        torch.manual_seed(6)
        picture = Entrance(photo)(pyramid, 2, noise)
        own = torch.randn(1, 3, *SIZES[2]) if noise == "rand" else None
    with spied(pyramid) as sharpened:
        torch.manual_seed(6)
        again = Entrance(photo, sharpened=True)(pyramid, 2, noise)
    assert sharpened == [*regular, (1, SIZES[2])]
    assert torch.equal(again, pyramid.made(1, picture, own))


def test_noise_after_it(pyramid: Pyramid) -> None:
    torch.manual_seed(7)
    without = Entrance(sharpened=True)(pyramid, 2, "rand")
    noise = torch.randn(1, 3, *SIZES[2])
    torch.manual_seed(7)
    after = Entrance(sharpened=True, noise_after=True)(pyramid, 2, "rand")
    torch.testing.assert_close(2 * (after - without), 0.2 * noise)
    assert torch.equal(
        Entrance(sharpened=True, noise_after=True)(pyramid, 2, "rec"), Entrance(sharpened=True)(pyramid, 2, "rec")
    )
