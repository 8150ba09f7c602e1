"""Random depth by its range and its edges; depth from disparity, gaps filled."""

from __future__ import annotations

import numpy as np
import torch

from ganvas.degrade.depth import CONSTANT, depth_from_disparity, filled, random_depth
from ganvas.degrade.rows import generators


def depths(photo: torch.Tensor, seed: int = 0) -> torch.Tensor:
    return random_depth(generators(np.random.default_rng(seed), len(photo)), photo)


def test_depth_lies_between_zero_and_one_and_reaches_one_unless_it_is_flat() -> None:
    depth = depths(torch.rand(200, 3, 16, 20, generator=torch.Generator().manual_seed(0)))
    assert depth.shape == (200, 1, 16, 20)
    assert depth.min() >= 0
    low, high = depth.amin((1, 2, 3)), depth.amax((1, 2, 3))
    flat = low == high
    assert abs(flat.float().mean().item() - CONSTANT) < 0.06
    torch.testing.assert_close(high[~flat], torch.ones_like(high[~flat]))
    assert (low[~flat] <= 0.4).all()


def test_the_top_tends_to_be_farther() -> None:
    depth = depths(torch.full((200, 3, 16, 16), 0.5))
    farther = depth[:, :, :4].mean((1, 2, 3)) > depth[:, :, -4:].mean((1, 2, 3))
    assert 0.6 < farther.float().mean().item() < 0.95


def test_depth_has_the_edges_of_the_photo() -> None:
    photo = torch.zeros(40, 3, 48, 48)
    photo[..., 24:] = 1
    steps = depths(photo).diff(dim=-1).abs().mean((0, 1, 2))
    assert steps.argmax() == 23
    assert steps[23] > 5 * steps.median()


def test_seeds_reproduce_and_rows_are_their_own() -> None:
    photo = torch.rand(3, 3, 16, 20, generator=torch.Generator().manual_seed(0))
    depth = depths(photo)
    assert torch.equal(depth, depths(photo))
    torch.testing.assert_close(depths(photo[:2]), depth[:2])
    assert not torch.allclose(depths(photo, seed=1), depth, atol=0.05)


def test_any_size_of_photo() -> None:
    for height, width in ((1, 1), (2, 9), (33, 5)):
        depth = depths(torch.rand(4, 3, height, width))
        assert depth.shape == (4, 1, height, width)
        assert depth.isfinite().all()


def test_depth_is_inverse_to_disparity() -> None:
    disparity = torch.tensor([[8.0, 4.0], [2.0, 16.0]])[None, None]
    torch.testing.assert_close(depth_from_disparity(disparity), torch.tensor([[[[0.25, 0.5], [1.0, 0.125]]]]))


def test_gaps_take_the_nearest_known_value() -> None:
    disparity = torch.full((1, 1, 7, 9), float("nan"))
    disparity[0, 0, 1, 1], disparity[0, 0, 5, 7], disparity[0, 0, 0, 0] = 2.0, 1.0, -1.0
    depth = depth_from_disparity(disparity)[0, 0]
    assert (depth[:3, :4] == 0.5).all()
    assert (depth[4:, 5:] == 1).all()
    assert set(depth.flatten().tolist()) == {0.5, 1.0}


def test_where_nothing_is_known_all_is_far() -> None:
    assert (depth_from_disparity(torch.zeros(2, 1, 3, 3)) == 1).all()
    known = torch.tensor([True, False]).view(2, 1, 1, 1).expand(2, 1, 2, 2)
    assert filled(torch.full((2, 1, 2, 2), 0.3), known).flatten(1).mean(dim=1).tolist() == [np.float32(0.3), 1.0]
