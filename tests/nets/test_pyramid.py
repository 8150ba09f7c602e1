"""A trained photo: its chain of levels, what can be chosen in drawing, and its one file."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

from ganvas.nets.pyramid import Pyramid, fitted
from ganvas.nets.singan import SinGANGenerator

SIZES = ((12, 15), (15, 19), (19, 24))
FACTOR = (12 / 19) ** 0.5


def resize(image: torch.Tensor, factor: float) -> torch.Tensor:
    size = [math.ceil(side * factor - 1e-5) for side in image.shape[-2:]]
    return nn.functional.interpolate(image.clamp(0, 1), size, mode="bilinear", align_corners=False)


def grown(noise_padding: bool = False, widths: tuple[int, ...] = (4, 4, 6)) -> Pyramid:
    """A pyramid of three untrained levels that do something, in eval mode."""
    torch.manual_seed(0)
    pyramid = Pyramid(resize, noise_padding=noise_padding)
    pyramid.begin(torch.randint(256, (1, 3, *SIZES[-1]), dtype=torch.uint8), SIZES, FACTOR)
    for width, amplitude in zip(widths, (1.0, 0.2, 0.1), strict=True):
        net = SinGANGenerator([width] * 4)
        for kernel in (p for p in net.parameters() if p.ndim == 4):
            nn.init.normal_(kernel, 0, 0.3)
        pyramid.grow(net, amplitude)
    pyramid.freeze()
    return pyramid


@pytest.fixture(scope="module")
def pyramid() -> Pyramid:
    return grown()


def test_the_reconstruction_is_the_chain_of_the_paper(pyramid: Pyramid) -> None:
    def signed(image: torch.Tensor) -> torch.Tensor:
        return nn.functional.pad(2 * image - 1, [5] * 4)

    star = nn.functional.pad(pyramid.reconstruction, [5] * 4).expand(1, 3, -1, -1)
    picture = pyramid.levels[0](star, torch.zeros(1, 3, 12, 15)) / 2 + 0.5
    for level in (1, 2):
        previous = pyramid.enlarged(picture)[..., : SIZES[level][0], : SIZES[level][1]]
        picture = pyramid.levels[level](signed(previous), signed(previous)) / 2 + 0.5
    made = pyramid.draw(noise="rec")
    torch.testing.assert_close(made, picture.clamp(0, 1))
    assert torch.equal(made, pyramid.draw(noise="rec"))
    assert torch.equal(made, pyramid.draw(3))
    assert made.std().item() > 0.05


def test_random_pictures_differ_and_repeat_with_the_seed(pyramid: Pyramid) -> None:
    torch.manual_seed(4)
    first, second = pyramid.draw(count=2).split(1)
    assert first.shape == (1, 3, *SIZES[-1])
    assert (first - second).abs().mean().item() > 0.01
    torch.manual_seed(4)
    assert torch.equal(pyramid.draw(count=2)[:1], first)


def test_a_later_start_keeps_what_the_coarser_levels_made(pyramid: Pyramid) -> None:
    apart: list[float] = []
    for start in range(4):
        torch.manual_seed(1)
        apart.append((pyramid.draw(start) - pyramid.draw(noise="rec")).abs().mean().item())
    assert apart[0] > apart[1] > apart[2] > apart[3] == 0


def test_a_picture_can_enter_at_any_level(pyramid: Pyramid) -> None:
    ran: list[int] = []
    hooks = [
        net.register_forward_hook(lambda *_, level=level: ran.append(level)) for level, net in enumerate(pyramid.levels)
    ]
    image = torch.rand(1, 3, *SIZES[1])
    torch.manual_seed(2)
    made = pyramid.draw(1, image)
    for hook in hooks:
        hook.remove()
    assert ran == [1, 2]
    torch.manual_seed(2)
    noise = pyramid.noise(1)
    up = fitted(pyramid.enlarged(pyramid.made(1, image, noise)), SIZES[2])
    assert torch.equal(made, pyramid.made(2, up, pyramid.noise(2)).clamp(0, 1))


def test_entering_is_what_the_levels_below_drew(pyramid: Pyramid) -> None:
    assert torch.equal(pyramid.entering(0, count=2), torch.full((2, 3, *SIZES[0]), 0.5))
    below = pyramid.enlarged(pyramid.draw(noise="rec", end=2))
    assert torch.equal(pyramid.entering(2, "rec"), fitted(below, SIZES[2]))
    assert torch.equal(pyramid.draw(2, pyramid.entering(2, "rec"), noise="rec"), pyramid.draw(noise="rec"))


@pytest.mark.parametrize("scale", [(1.0, 1.5), (2.0, 0.8), (0.7, 0.7)])
def test_any_size(pyramid: Pyramid, scale: tuple[float, float]) -> None:
    size = round(SIZES[-1][0] * scale[0]), round(SIZES[-1][1] * scale[1])
    assert pyramid.draw(scale=scale, count=2).shape == (2, 3, *size)
    assert pyramid.draw(1, scale=scale).shape == (1, 3, *size)


def test_noise_can_be_given(pyramid: Pyramid) -> None:
    noises = {0: pyramid.reconstruction, 1: torch.zeros(1, 3, *SIZES[1]), 2: torch.zeros(1, 3, *SIZES[2])}
    assert torch.equal(pyramid.draw(noises=noises), pyramid.draw(noise="rec"))


def test_noise_for_the_margin() -> None:
    pyramid = grown(noise_padding=True)
    assert pyramid.noise(0).shape == pyramid.reconstruction.shape == (1, 1, 22, 25)
    assert pyramid.noise(2, (7, 8), count=4).shape == (4, 3, 17, 18)
    assert pyramid.draw(scale=(1.0, 2.0)).shape == (1, 3, 19, 48)
    inner = torch.zeros(1, 3, 25, 29)
    inner[..., 5:-5, 5:-5] = noise = torch.randn(1, 3, 15, 19)
    previous = torch.rand(1, 3, 15, 19)
    assert torch.equal(pyramid.made(1, previous, inner), pyramid.made(1, previous, noise))


@pytest.mark.parametrize("noise_padding", [False, True])
@pytest.mark.parametrize("edges", [(0, 8, 0, 9), (5, 17, 7, 20), (11, 19, 15, 24)])
def test_a_window_is_that_part_of_the_whole(edges: tuple[int, int, int, int], noise_padding: bool) -> None:
    window = slice(*edges[:2]), slice(*edges[2:])
    pyramid = grown(noise_padding)
    previous, noise = pyramid.entering(2), pyramid.noise(2)
    part = pyramid.made(2, previous, noise, window)
    torch.testing.assert_close(part, pyramid.made(2, previous, noise)[(..., *window)], rtol=1e-4, atol=1e-5)


def test_amplitudes_weigh_the_noise(pyramid: Pyramid) -> None:
    previous, noise = torch.rand(1, 3, 9, 9), torch.randn(1, 3, 9, 9)
    x, y = (nn.functional.pad(2 * previous - 1 + more, [5] * 4) for more in (0.2 * noise, 0))
    torch.testing.assert_close(pyramid.made(1, previous, noise), pyramid.levels[1](x, y) / 2 + 0.5)


def test_an_empty_pyramid_becomes_the_one_whose_state_it_is_given(pyramid: Pyramid) -> None:
    class Around(nn.Module):
        def __init__(self, inner: Pyramid) -> None:
            super().__init__()
            self.inner = inner

    state: dict[str, Any] = dict(reversed(Around(pyramid).state_dict().items()))  # files keep no order
    own = Around(Pyramid(resize)).eval()
    own.load_state_dict(state)
    assert (own.inner.sizes, own.inner.factor) == (SIZES, pyramid.factor)
    assert pyramid.factor == pytest.approx(FACTOR, rel=1e-7)
    assert all(torch.equal(tensor, state[key]) for key, tensor in own.state_dict().items())
    own.eval()
    assert torch.equal(own.inner.draw(noise="rec"), pyramid.draw(noise="rec"))
    assert torch.equal(own.inner.real(2), pyramid.photo.float() / 255)


def test_other_depths_and_kernels_are_known_by_their_weights() -> None:
    torch.manual_seed(0)
    pyramid, empty = Pyramid(resize, margin=6), Pyramid(resize, margin=6)
    pyramid.begin(torch.zeros(1, 3, 19, 24, dtype=torch.uint8), SIZES, FACTOR)
    pyramid.grow(SinGANGenerator([6, 3], kernel=5))
    empty.load_state_dict(pyramid.state_dict())
    assert torch.equal(empty.eval().draw(noise="rec", end=1), pyramid.eval().draw(noise="rec", end=1))


def test_a_state_that_is_none_is_refused(pyramid: Pyramid) -> None:
    with pytest.raises(RuntimeError, match="Missing key"):
        Pyramid(resize).load_state_dict({})
    state = pyramid.state_dict()
    del state["levels.1.layers.2.1.bias"]
    with pytest.raises(RuntimeError, match="Missing key"):
        Pyramid(resize).load_state_dict(state)


def test_reals_have_the_sizes_of_the_ladder(pyramid: Pyramid) -> None:
    assert tuple(tuple(pyramid.real(level).shape[-2:]) for level in range(3)) == SIZES


def test_fitted_cuts_and_stretches() -> None:
    ramp = torch.arange(5.0).view(1, 1, 1, 5).expand(1, 1, 4, 5)
    assert fitted(ramp, (2, 3))[0, 0, 1].tolist() == [0, 1, 2]
    assert fitted(ramp, (4, 9))[0, 0, 0].tolist() == pytest.approx([0.5 * i for i in range(9)])


def test_nothing_to_draw_with_is_said(pyramid: Pyramid) -> None:
    with pytest.raises(ValueError, match="no level"):
        pyramid.draw(end=0)
