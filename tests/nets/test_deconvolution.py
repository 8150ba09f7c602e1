"""Kernels between pictures, and pictures without their kernels."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import pad

from ganvas.degrade.kernels import blurred
from ganvas.degrade.motion import MotionBlur
from ganvas.images import read
from ganvas.nets.deconvolution import between, echoes, edges, faded, shown_kernel, transfer, wiener

PHOTO = Path(__file__).resolve().parents[2] / "examples" / "photos" / "osprey.jpg"
SIDE = 37


@pytest.fixture(scope="module")
def photo() -> torch.Tensor:
    return read(PHOTO).tensor()[..., :200, 100:324].contiguous()


def hands(seed: int, count: int = 1) -> list[torch.Tensor]:
    return MotionBlur(exposures=(0.5,), longest=36.0).kernels(count, np.random.default_rng(seed))


def placed(kernel: torch.Tensor) -> torch.Tensor:
    """``kernel`` in the middle of SIDE x SIDE."""
    return pad(kernel, ((SIDE - len(kernel)) // 2,) * 4)


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    return -10 * math.log10((one - other)[..., 24:-24, 24:-24].square().mean().item())


def shaken(photo: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """In eight bits, as a file has it."""
    return blurred(photo, [kernel]).mul(255).round() / 255


def test_a_transfer_is_a_convolution_that_goes_around() -> None:
    image, (kernel,) = torch.rand(1, 1, 60, 50), hands(0)
    around = SIDE // 2
    direct = torch.nn.functional.conv2d(
        pad(image, (around,) * 4, mode="circular"), placed(kernel).flip(0, 1)[None, None]
    )
    spectrum = torch.fft.rfft2(image) * transfer(placed(kernel)[None], (60, 50))
    assert torch.allclose(torch.fft.irfft2(spectrum, s=(60, 50)), direct, atol=1e-5)


def test_edges_are_what_a_shift_changes() -> None:
    image = torch.zeros(1, 3, 8, 8)
    image[..., 4, 4] = 1
    found = edges(image)
    assert found.shape == (1, 4, 8, 8)
    assert found[0, :, 4, 4].tolist() == pytest.approx([1, 1, 0.7, 0.7])
    places = [(4, 5), (5, 4), (5, 5), (5, 3)]
    assert [found[0, each, y, x].item() for each, (y, x) in enumerate(places)] == pytest.approx([-1, -1, -0.7, -0.7])
    assert not edges(torch.full((1, 3, 8, 8), 0.3)).any()


def test_a_window_fades_towards_the_sides_alone() -> None:
    window = faded(torch.rand(1, 3, 40, 30), 10)
    assert window.shape == (40, 30)
    assert torch.equal(window[10:30, 10:20], torch.ones(20, 10))
    assert window[0].max() < 0.01
    assert (window[:10, 15].diff() > 0).all()
    assert torch.allclose(window, window.flip(0, 1))


@pytest.mark.parametrize("seed", range(4))
def test_a_pair_shows_its_kernel(photo: torch.Tensor, seed: int) -> None:
    (kernel,) = hands(seed)
    shown = shown_kernel(photo, shaken(photo, kernel), SIDE)
    assert shown.kernel.sum().item() == pytest.approx(1)
    assert (shown.kernel[0] - placed(kernel)).abs().sum() < 0.3
    assert shown.trust.item() > 0.9


def test_a_steady_pair_shows_a_point(photo: torch.Tensor) -> None:
    shown = shown_kernel(photo, photo, SIDE)
    assert shown.kernel[0, SIDE // 2, SIDE // 2] > 0.95
    assert shown.trust.item() > 0.99


@pytest.mark.parametrize("blank", [0.0, 0.5])
def test_where_nothing_is_to_be_seen_a_point_is_shown_and_not_trusted(blank: float) -> None:
    image = torch.full((1, 3, 64, 64), blank)
    shown = shown_kernel(image, image, 9)
    assert shown.kernel[0, 4, 4] == 1
    assert shown.trust.item() == 0


def test_a_pair_of_two_pictures_is_not_trusted(photo: torch.Tensor) -> None:
    assert shown_kernel(photo, photo.flip(-1), SIDE).trust.item() < 0.3


def test_stiffness_makes_kernels_smaller(photo: torch.Tensor) -> None:
    (kernel,) = hands(1)
    found = between(edges(photo), edges(shaken(photo, kernel)), SIDE, (0.001, 0.1, 10.0))
    sizes = found.square().sum((-2, -1))[0]
    assert found.shape == (1, 3, SIDE, SIDE)
    assert sizes[0] > sizes[1] > sizes[2]


def test_what_is_doubled_echoes_by_how_far(photo: torch.Tensor) -> None:
    """The autocorrelation of a doubled picture has its second peak, half as high, at the distance of the two."""
    doubled = (photo + photo.roll((5, 9), (-2, -1))) / 2
    middle = SIDE // 2
    found = echoes(edges(doubled), SIDE)[0]
    assert found[0, middle, middle].item() == pytest.approx(1)
    plain = echoes(edges(photo), SIDE)[0]
    for each in range(2):
        rise = (found - plain)[each]
        rise[middle - 2 : middle + 3, middle - 2 : middle + 3] = -1
        y, x = divmod(int(rise.argmax()), SIDE)
        assert (y - middle, x - middle) in ((5, 9), (-5, -9))


@pytest.mark.parametrize("seed", range(3))
def test_a_known_kernel_is_inverted(photo: torch.Tensor, seed: int) -> None:
    (kernel,) = hands(seed)
    given = shaken(photo, kernel)
    crisp, soft = wiener(given, placed(kernel)[None], torch.tensor([0.003, 0.3]))
    assert crisp.shape == photo.shape
    assert psnr(crisp, photo) > psnr(given, photo) + 4
    assert psnr(crisp, photo) > psnr(soft, photo) > psnr(given, photo)


def test_a_point_changes_hardly_anything(photo: torch.Tensor) -> None:
    point = torch.zeros(1, SIDE, SIDE)
    point[:, SIDE // 2, SIDE // 2] = 1
    (made,) = wiener(photo, point, torch.tensor([1e-4]))
    assert psnr(made, photo) > 45


def test_tones_stay(photo: torch.Tensor) -> None:
    (kernel,) = hands(2)
    flat = torch.full((1, 3, 64, 80), 0.4)
    (made,) = wiener(flat, placed(kernel)[None], torch.tensor([0.01]))
    assert torch.allclose(made, flat, atol=1e-4)
