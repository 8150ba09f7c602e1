"""The two passes: neutral ranges, sizes, determinism, what is drawn for a sample and what for the batch."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.kernels import Blur, blurred, sinc
from ganvas.degrade.low_resolution import reduce
from ganvas.degrade.noise import Noise
from ganvas.degrade.second_order import FIRST, SECOND, Pass, SecondOrder

SILENT = Noise(gaussian=1.0, deviation=(0.0, 0.0))
NEUTRAL = Pass(Blur(probability=0.0), up=0.0, down=0.0, modes=("area",), noise=SILENT, quality=None)
PLAIN = SecondOrder(NEUTRAL, NEUTRAL, None, modes=("area",))


def picture(count: int = 1, side: int = 48) -> torch.Tensor:
    coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic").clamp(0, 1)


def test_neutral_ranges_leave_the_picture_rounded_to_eight_bits() -> None:
    high = picture(2)
    assert torch.equal(PLAIN(high, 1, np.random.default_rng(0)), (high * 255).round() / 255)


def test_neutral_ranges_at_a_scale_are_the_plain_resize() -> None:
    high = picture(2)
    expected = (torch.nn.functional.avg_pool2d(high, 4) * 255).round() / 255
    torch.testing.assert_close(PLAIN(high, 4, np.random.default_rng(0)), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("degradation", [SecondOrder(), SecondOrder(ringing=None), SecondOrder.first_order()])
@pytest.mark.parametrize("scale", [1, 2, 4])
def test_sizes_range_rounding_and_determinism(degradation: SecondOrder, scale: int) -> None:
    high = picture(2)[..., :40]
    for seed in range(4):
        low = degradation(high, scale, np.random.default_rng(seed))
        assert low.shape == (2, 3, 48 // scale, 40 // scale)
        assert low.dtype == torch.float32
        assert low.min() >= 0
        assert low.max() <= 1
        torch.testing.assert_close(low * 255, (low * 255).round(), atol=1e-4, rtol=0)
        assert torch.equal(low, degradation(high, scale, np.random.default_rng(seed)))
    assert not torch.equal(low, degradation(high, scale, np.random.default_rng(9)))


def test_refuses_sides_that_are_no_multiple_of_the_scale() -> None:
    with pytest.raises(ValueError, match="multiple of the scale 4"):
        SecondOrder()(torch.zeros(1, 3, 42, 40), 4, np.random.default_rng(0))


def test_even_tiny_pictures_survive() -> None:
    for seed in range(10):
        assert SecondOrder()(torch.rand(1, 3, 4, 4), 4, np.random.default_rng(seed)).isfinite().all()


def test_keeps_the_brightness() -> None:
    high = picture(1, 64)
    low = torch.cat([SecondOrder()(high, 4, np.random.default_rng(seed)) for seed in range(40)])
    assert low.mean().item() == pytest.approx(high.mean().item(), abs=0.02)


@pytest.mark.parametrize(("step", "size"), [(FIRST, (100, 60)), (SECOND, (25, 15))])
def test_resizes_as_often_and_as_far_as_said(step: Pass, size: tuple[int, int]) -> None:
    quiet = replace(step, blur=Blur(probability=0.0), noise=SILENT)
    random, image = np.random.default_rng(0), torch.zeros(1, 3, 100, 60)
    heights = np.array([quiet.spoil(image, size, random).shape[-2] for _ in range(400)]) / size[0]
    assert heights.min() == pytest.approx(step.factor[0], abs=0.05)
    assert heights.max() == pytest.approx(step.factor[1], abs=0.05)
    assert (heights > 1).mean() == pytest.approx(step.up, abs=0.07)
    assert (heights < 1).mean() == pytest.approx(step.down, abs=0.07)


def test_the_sizes_of_noise_are_drawn_for_each_sample_and_the_resize_for_the_batch() -> None:
    flat = torch.full((4, 3, 64, 64), 0.5)
    noisy = replace(NEUTRAL, noise=Noise(gaussian=1.0, deviation=(1.0, 30.0), grey=0.0))
    deviations = SecondOrder(noisy, None, None)(flat, 1, np.random.default_rng(0)).flatten(1).std(dim=1)
    assert len(set(deviations.tolist())) == 4
    resizing = replace(PLAIN, first=replace(NEUTRAL, down=1.0, factor=(0.2, 1.0)))
    same = picture().repeat(4, 1, 1, 1)
    low = resizing(same, 2, np.random.default_rng(0))
    assert torch.equal(low, low[:1].expand_as(low))


def test_both_orders_of_the_last_steps_occur() -> None:
    high, ringing = picture(), Blur(sizes=(21,), sinc=1.0, large_cutoff=(1.5, 1.5))
    ending = replace(PLAIN, second=replace(NEUTRAL, quality=(10.0, 10.0)), ringing=ringing)
    low = torch.nn.functional.avg_pool2d(high, 4)
    rings = partial(blurred, kernels=[sinc(21, 1.5)])
    expected = [jpeg(rings(low), 10), rings(jpeg(low, 10)).clamp(0, 1).mul(255).round() / 255]
    outputs = [ending(high, 4, np.random.default_rng(seed)) for seed in range(12)]
    matches = [[bool((output - image).abs().max() < 1.1 / 255) for image in expected] for output in outputs]
    assert all(sum(match) == 1 for match in matches)
    assert 0 < sum(match[0] for match in matches) < len(matches)


def test_first_order_has_one_pass_and_no_ringing() -> None:
    low = replace(SecondOrder.first_order(), first=NEUTRAL, modes=("area",))(picture(), 4, np.random.default_rng(0))
    assert torch.equal(low, PLAIN(picture(), 4, np.random.default_rng(1)))


def test_spared_batches_are_reduced_with_care() -> None:
    image = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    plain = reduce(image, 2)
    some = SecondOrder.mild()
    spared = [torch.equal(some(image, 2, np.random.default_rng(seed)), plain) for seed in range(60)]
    assert 0.15 < np.mean(spared) < 0.5
