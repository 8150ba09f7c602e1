"""Photos taken by hand: who is blurred, how much grain there is, and that the seed decides."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.motion import MotionBlur
from ganvas.degrade.shaken import Shaken

MOTION = MotionBlur(exposures=(1.0,), longest=15.0)


def photos(count: int, side: int = 24) -> torch.Tensor:
    """Checks of 4 pixels, in the middle of the range."""
    places = torch.arange(side) // 4
    checks = (places[:, None] + places).remainder(2).float()
    return (0.3 + 0.4 * checks).expand(count, 3, side, side).clone()


def test_nothing_happens_to_what_is_steady_clean_and_not_compressed() -> None:
    image = photos(4)
    made = Shaken(MOTION, steady=1.0, grain=0.0, compressed=0.0)(image, np.random.default_rng(0))
    assert torch.allclose(made, image, atol=1e-6)


def test_the_share_steady_is_not_blurred_and_the_others_are_as_motion_does() -> None:
    image, spoil = photos(60), Shaken(MOTION, steady=0.5, grain=0.0, compressed=0.0)
    made = spoil(image, np.random.default_rng(0))
    sharp = (made - image).abs().amax((1, 2, 3)) < 1e-5
    assert 18 < int(sharp.sum()) < 42
    blurred = MOTION.blurred(image, MOTION.kernels(60, np.random.default_rng(0)))
    assert torch.allclose(made[~sharp], blurred[~sharp], atol=1e-6)


def test_in_the_share_linear_light_is_added_up() -> None:
    image, random = photos(60), np.random.default_rng
    quiet = {"steady": 0.3, "grain": 0.0, "compressed": 0.0}
    plain, mixed = (Shaken(MOTION, **quiet, linear=share)(image, random(0)) for share in (0.0, 0.5))
    light = Shaken(MotionBlur(exposures=(1.0,), longest=15.0, linear=True), **quiet)(image, random(0))
    as_light, as_plain = ((mixed - each).abs().amax((1, 2, 3)) < 1e-5 for each in (light, plain))
    assert (as_light | as_plain).all()
    assert 10 < int((as_light & ~as_plain).sum()) < 32
    assert 10 < int((as_plain & ~as_light).sum()) < 32


def test_in_the_share_moving_a_part_has_a_kernel_of_its_own() -> None:
    image, random = photos(40, 64), np.random.default_rng
    quiet = {"steady": 1.0, "grain": 0.0, "compressed": 0.0}
    made = Shaken(MOTION, **quiet, moving=0.5)(image, random(0))
    moved = (made - image).abs().amax(1) > 1e-3
    share = moved.flatten(1).float().mean(1)
    assert 10 < int((share > 0).sum()) < 30
    assert share.max() > 0.3
    assert share.max() < 0.9, "the rest is steady"
    assert share[share > 0].std() > 0.05, "they are of all sizes"


def test_grain_has_a_deviation_of_its_own_in_each_sample_up_to_the_most() -> None:
    image = torch.full((40, 3, 32, 32), 0.5)
    made = Shaken(MOTION, steady=1.0, grain=10.0, compressed=0.0)(image, np.random.default_rng(0))
    deviations = (made - image).flatten(1).std(dim=1) * 255
    assert deviations.max() < 10.5
    assert deviations.max() > 8.5
    assert deviations.min() < 1.5
    assert deviations.mean().item() == pytest.approx(5, abs=1.5)
    assert (made - image).mean((1, 2, 3)).abs().max() < 3e-3


def test_the_share_compressed_is_jpegs_of_its_quality() -> None:
    image = torch.rand(60, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    spoil = Shaken(MOTION, steady=1.0, grain=0.0, compressed=0.5, quality=(30.0, 30.0))
    made = spoil(image, np.random.default_rng(0))
    changed = (made - image).abs().amax((1, 2, 3)) > 1e-5
    assert 18 < int(changed.sum()) < 42
    expected = jpeg(image, torch.full((60,), 30.0))
    assert torch.allclose(made[changed], expected[changed], atol=1e-5)


def test_each_compressed_sample_has_a_quality_of_its_own() -> None:
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)).expand(20, -1, -1, -1).clone()
    spoil = Shaken(MOTION, steady=1.0, grain=0.0, compressed=1.0, quality=(10.0, 90.0))
    errors = (spoil(image, np.random.default_rng(0)) - image).square().mean((1, 2, 3))
    assert len(set(errors.tolist())) == 20
    assert errors.max() > 1.3 * errors.min()
    few = Shaken(MOTION, steady=1.0, grain=0.0, compressed=0.5, quality=(10.0, 90.0))(image, np.random.default_rng(0))
    errors = (few - image).square().mean((1, 2, 3))
    assert len(set(errors[errors > 1e-8].tolist())) == int((errors > 1e-8).sum()) < 20


def test_the_seed_decides_and_the_result_is_a_picture() -> None:
    image, spoil = torch.rand(6, 3, 24, 24, generator=torch.Generator().manual_seed(1)), Shaken(grain=60.0)
    before = image.clone()
    one, same, other = (spoil(image, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert (one.min(), one.max()) == (0, 1)
    assert torch.equal(image, before)
    assert len({tuple(sample.flatten()[:5].tolist()) for sample in one - image}) == 6
