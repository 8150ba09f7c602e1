"""Pairs made from crops: what the crisp samples are."""

from __future__ import annotations

import numpy as np
import torch

from ganvas.data.batches import Images
from ganvas.data.crops import Crops
from ganvas.data.pairs import Fewer, low_high_pairs
from ganvas.data.stream import Stream
from ganvas.images import resize


def crops() -> Crops:
    return Crops(np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8))


def test_crisp_samples_are_enlarged_as_bicubic_does() -> None:
    low, high = next(iter(low_high_pairs(crops(), scale=2, batch=6, patch=12, crisp=1.0)))
    assert torch.equal(high, resize(low, scale=2).clamp(0, 1))
    assert all(len(channel.unique()) <= 2 for sample in low for channel in sample)


def test_the_other_samples_do_not_change_with_the_share() -> None:
    plain = next(iter(low_high_pairs(crops(), scale=2, batch=64, patch=12)))
    mixed = next(iter(low_high_pairs(crops(), scale=2, batch=64, patch=12, crisp=0.25)))
    same = [torch.equal(a, b) for a, b in zip(plain.input, mixed.input, strict=True)]
    assert 0.6 < np.mean(same) < 0.9
    assert all(torch.equal(plain.target[i], mixed.target[i]) for i in np.flatnonzero(same))


def test_smooth_samples_are_enlarged_as_bicubic_does() -> None:
    low, high = next(iter(low_high_pairs(crops(), scale=2, batch=32, patch=12, smooth=1.0)))
    assert torch.equal(high, resize(low, scale=2).clamp(0, 1))
    assert (low.flatten(2).std(dim=2).amax(dim=1) < 1e-6).any()
    plain = next(iter(low_high_pairs(crops(), scale=2, batch=64, patch=12)))
    mixed = next(iter(low_high_pairs(crops(), scale=2, batch=64, patch=12, smooth=0.25)))
    same = [torch.equal(a, b) for a, b in zip(plain.input, mixed.input, strict=True)]
    assert 0.6 < np.mean(same) < 0.9


def test_fewer_crops_are_the_first_ones() -> None:
    few = Fewer(crops(), 2)
    chosen = few.choose(np.random.default_rng(0), 0, 100)
    assert set(chosen.tolist()) == {0, 1}
    assert np.array_equal(few[chosen], crops()[chosen])


def test_a_stream_draws_on_one_core_and_leaves_the_nets_theirs() -> None:
    seen: list[int] = []

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        seen.append(torch.get_num_threads())
        return Images(torch.zeros(1))

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        next(Stream(draw, 1, ahead=0))
        assert seen == [1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
