"""Haze at its limits and undone; what is drawn for each set of ranges."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from ganvas.degrade.haze import HAZES, LEAST, Haze, OneOf, Uniform, dehazed, hazed, transmission
from ganvas.images import to_linear


def picture(count: int = 2, height: int = 24, width: int = 36) -> torch.Tensor:
    coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(coarse, size=(height, width), mode="bicubic").clamp(0, 1)


DEPTH = torch.linspace(0, 1, 36).expand(2, 1, 24, 36)
LIGHT = torch.tensor([[0.9, 0.8, 0.7], [1.0, 1.0, 1.0]])


def test_no_haze_leaves_the_picture_and_no_end_of_it_leaves_the_air() -> None:
    image = picture()
    assert torch.equal(hazed(image, transmission(DEPTH, 0.0), LIGHT), image)
    far = hazed(image, transmission(torch.full_like(DEPTH, torch.inf), 1.0), LIGHT)
    assert torch.equal(far, LIGHT[..., None, None].expand_as(image))


def test_the_formula() -> None:
    through = transmission(DEPTH, torch.tensor([0.5, 2.0]))
    torch.testing.assert_close(through[1, 0, 0, -1].item(), np.exp(-2.0))
    image, light = picture(), LIGHT[..., None, None]
    torch.testing.assert_close(hazed(image, through, LIGHT), image * through + light * (1 - through))
    torch.testing.assert_close(hazed(image, through, LIGHT[:, 2:]), image * through + light[:, 2:] * (1 - through))


def test_each_value_goes_towards_the_air_as_haze_thickens() -> None:
    image, light = picture(), LIGHT[..., None, None]
    away = [(hazed(image, transmission(DEPTH, beta), LIGHT) - light).abs() for beta in (0.0, 0.5, 1.0, 4.0)]
    assert all((thick <= thin).all() for thin, thick in pairwise(away))
    assert all((thick < thin).any() for thin, thick in pairwise(away))


def test_the_inverse_is_exact_down_to_the_least_transmission() -> None:
    image, through = picture(), transmission(DEPTH, -float(np.log(LEAST)))
    torch.testing.assert_close(dehazed(hazed(image, through, LIGHT), through, LIGHT), image, atol=1e-5, rtol=0)
    light = LIGHT[..., None, None]
    blind = dehazed(light + 0.01, torch.zeros(2, 1, 1, 1), LIGHT)
    torch.testing.assert_close(blind, torch.full_like(blind, 0.01 / LEAST), atol=1e-5, rtol=0)


def test_ranges_of_the_presets() -> None:
    random = np.random.default_rng(0)
    indoor, outdoor, fixed = ([HAZES[name].air(random) for _ in range(200)] for name in ("indoor", "outdoor", "fixed"))
    betas, lights = [air.beta for air in indoor], [air.light[0] for air in indoor]
    assert 0.6 <= min(betas) < 0.65
    assert 1.75 < max(betas) <= 1.8
    assert 0.7 <= min(lights) < 0.72
    assert 0.98 < max(lights) <= 1
    assert {air.beta for air in outdoor} == {0.04, 0.06, 0.08, 0.1, 0.12, 0.16, 0.2}
    assert {air.light[0] for air in outdoor} == {0.8, 0.85, 0.9, 0.95, 1.0}
    assert set(fixed) == {(1.0, (1.0, 1.0, 1.0))}
    assert all(len(set(air.light)) == 1 for air in indoor)


def test_tinted_air_is_nearly_grey() -> None:
    random = np.random.default_rng(0)
    haze = Haze(airlight=Uniform(0.8, 0.8), tint=0.05)
    lights = np.array([haze.air(random).light for _ in range(100)])
    assert 0.76 <= lights.min() < 0.77
    assert 0.83 < lights.max() <= 0.84 + 1e-9
    assert max(replace(haze, airlight=OneOf((1.0,))).air(random).light) <= 1


def test_depth_is_in_the_unit_of_the_set() -> None:
    haze = Haze(OneOf((0.1,)), OneOf((1.0,)), farthest=20.0)
    dark = haze(torch.zeros(2, 3, 24, 36), np.random.default_rng(0), DEPTH)
    assert dark[0, 0, 0, -1].item() == pytest.approx(1 - np.exp(-2))
    assert dark[0, 0, 0, 0] == 0


def test_in_linear_light_the_light_adds_up() -> None:
    haze, image = Haze(OneOf((1.0,)), OneOf((0.8,)), linear=True), picture()
    through = transmission(DEPTH, 1.0)
    expected = to_linear(image) * through + to_linear(torch.tensor(0.8)) * (1 - through)
    torch.testing.assert_close(to_linear(haze(image, np.random.default_rng(0), DEPTH)), expected)


def test_seeds_reproduce_and_a_row_has_its_own_draws() -> None:
    image = picture()
    first, again, other = (Haze()(image, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.01)
    alone = Haze()(image[:1], np.random.default_rng(0))
    torch.testing.assert_close(alone, first[:1], atol=1e-5, rtol=0)
    swapped = torch.stack([image[0], 1 - image[1]])
    torch.testing.assert_close(Haze()(swapped, np.random.default_rng(0))[0], first[0], atol=1e-5, rtol=0)
