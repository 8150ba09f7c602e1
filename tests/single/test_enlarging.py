"""The enlargement by regions: what they are, who counts how much in them, and the blend."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas import single
from ganvas.nets.pyramid import Pyramid
from ganvas.single.enlarging import enlarge_by_region, regions_of, shares_of
from ganvas.single.trained import seeded


def copied(pyramid: Pyramid) -> Pyramid:
    other = Pyramid(pyramid.resize)
    other.load_state_dict(pyramid.state_dict())
    return other.eval().requires_grad_(False)


def test_regions_are_of_little_more_and_much_detail() -> None:
    torch.manual_seed(0)
    image = 0.5 + torch.tensor([0.0, 0.03, 0.3]).repeat_interleave(40) * (torch.rand(1, 3, 50, 120) - 0.5)
    regions = regions_of(image)
    assert regions.shape == (1, 3, 50, 120)
    torch.testing.assert_close(regions.sum(dim=1), torch.ones(1, 50, 120))
    assert regions.min() >= 0
    for region in range(3):
        assert (regions[0, region, :, 40 * region + 14 : 40 * region + 26] > 0.99).all()
    assert ((regions > 0.2) & (regions < 0.8)).any(), "their borders are soft"


def test_a_picture_without_detail_is_one_region() -> None:
    regions = regions_of(torch.full((1, 3, 20, 30), 0.4))
    assert regions.amax(dim=(2, 3)).sort().values.tolist() == [[0, 0, 1]]


def test_a_level_counts_less_where_it_errs(pyramid: Pyramid) -> None:
    regions = regions_of(pyramid.real(len(pyramid.levels) - 1))
    last = len(pyramid.levels) - 1
    levels = [last - 1, last]
    with seeded(pyramid, 0):
        before = shares_of(pyramid, levels, regions, 1.26)
    torch.testing.assert_close(before.sum(dim=1), torch.ones(3))
    spoilt = copied(pyramid)
    *_, bias = spoilt.levels[last - 1].parameters()
    bias.fill_(5)
    with seeded(spoilt, 0):
        after = shares_of(spoilt, levels, regions, 1.26)
    assert (after[:, 0] < 0.2 * before[:, 0]).all()


def test_shares_are_inverse_to_the_squared_errors(pyramid: Pyramid, monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels that are off by 0.1 at the left, or by 0.1 everywhere and 0.2 at the right."""
    last = len(pyramid.levels) - 1
    real = pyramid.real(last)
    left = torch.zeros_like(real[:, :1])
    left[..., :30] = 1
    regions = torch.cat([left, 1 - left], dim=1)
    off = {last - 1: 0.1 * left, last: 0.1 + 0.1 * (1 - left)}
    monkeypatch.setattr(pyramid, "made", lambda level, picture, noise: real + off[level])
    shares = shares_of(pyramid, [last - 1, last], regions, 1.26)
    torch.testing.assert_close(shares, torch.tensor([[0.5, 0.5], [1.0, 0.0]]), atol=1e-4, rtol=0)


def test_levels_that_are_alike_make_the_plain_enlargement(pyramid: Pyramid) -> None:
    alike = copied(pyramid)
    for net in alike.levels[-3:-1]:
        net.load_state_dict(alike.levels[-1].state_dict())
    alike.amplitudes.zero_()
    plain, blended = (make(alike, 2.0).pixels for make in (single.enlarge, enlarge_by_region))
    assert np.abs(plain - blended).mean() < 1e-4  # what is cut to 8 bits may fall by one


def test_size_and_seed(pyramid: Pyramid) -> None:
    picture = enlarge_by_region(pyramid, 2.7, seed=4)
    assert (picture.width, picture.height) == (216, 162)
    assert np.array_equal(picture.pixels, enlarge_by_region(pyramid, 2.7, seed=4).pixels)
    assert not np.array_equal(picture.pixels, enlarge_by_region(pyramid, 2.7, seed=5).pixels)


def test_the_coarsest_level_takes_no_part(pyramid: Pyramid) -> None:
    worked: set[int] = set()
    hooks = [
        net.register_forward_hook(lambda *_, level=level: worked.add(level)) for level, net in enumerate(pyramid.levels)
    ]
    enlarge_by_region(pyramid, 1.2)
    for hook in hooks:
        hook.remove()
    last = len(pyramid.levels) - 1
    assert worked == set(range(max(1, last - 2), last + 1))


@pytest.mark.parametrize("scale", [1, 17, float("nan")])
def test_scales_have_limits(pyramid: Pyramid, scale: float) -> None:
    with pytest.raises(single.SingleError, match="give a scale above 1, up to 16"):
        enlarge_by_region(pyramid, scale)
