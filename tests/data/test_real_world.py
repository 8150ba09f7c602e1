"""Streams of real-world pairs: shapes, what belongs together, and that a batch depends on its number alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.data.batches import Pairs, Sharpened
from ganvas.data.pairs import Crops, DataError
from ganvas.data.real_world import RealWorld
from ganvas.degrade.jpeg import Compressed
from ganvas.degrade.sharpen import sharpen


def mean(high: torch.Tensor, scale: int, random: np.random.Generator) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(high, scale)


def test_shapes_types_and_ranges(crops: Crops) -> None:
    batch = RealWorld(crops, scale=4, batch=3, patch=5).sharpened().batch(0)
    assert isinstance(batch, Sharpened)
    assert batch.input.shape == (3, 3, 5, 5)
    assert batch.target.shape == batch.real.shape == (3, 3, 20, 20)
    for image in batch:
        assert image.dtype == torch.float32
        assert image.is_contiguous()
        assert image.min() >= 0
        assert image.max() <= 1


@pytest.mark.parametrize("margin", [0, 1, 6])
@pytest.mark.parametrize("upright", [True, False])
def test_input_and_target_show_the_same_place(crops: Crops, margin: int, upright: bool) -> None:
    world = RealWorld(crops, scale=2, batch=8, patch=6, degradation=mean, margin=margin, upright=upright)
    batch = world.pairs().batch(3)
    torch.testing.assert_close(batch.input, torch.nn.functional.avg_pool2d(batch.target, 2), atol=1e-6, rtol=0)


def test_smooth_samples_are_spoilt_like_all_others(crops: Crops) -> None:
    world = RealWorld(crops, scale=2, batch=40, patch=6, degradation=mean, smooth=0.5)
    batch = world.pairs().batch(0)
    steps = batch.target.diff(dim=-1).abs().amax(dim=(1, 2, 3))
    assert 8 < (steps < 0.1).sum() < 32
    torch.testing.assert_close(batch.input, torch.nn.functional.avg_pool2d(batch.target, 2), atol=1e-6, rtol=0)


def test_upright_samples_are_mirrored_but_not_turned() -> None:
    class Rising:
        """Brighter to the right, or to the left where mirrored; the same in each column."""

        size = 16

        def choose(self, random: np.random.Generator, position: int, batch: int) -> np.ndarray:
            return np.zeros(batch, np.int64)

        def __getitem__(self, index: np.ndarray) -> np.ndarray:
            row = np.arange(0, 256, 16, dtype=np.uint8)
            return np.broadcast_to(row[None, None, :, None], (len(index), 16, 16, 3)).copy()

    def directions(upright: bool) -> set[tuple[bool, bool]]:
        world = RealWorld(Rising(), scale=2, batch=40, patch=4, degradation=mean, upright=upright)
        target = world.pairs().batch(0).target[:, 0]
        down, right = target[:, -1, 0] - target[:, 0, 0], target[:, 0, -1] - target[:, 0, 0]
        return {(bool(d), bool(r > 0)) for d, r in zip(down, right, strict=True)}

    assert directions(upright=True) == {(False, True), (False, False)}
    assert (True, False) in directions(upright=False)


def test_the_target_is_sharpened_and_the_input_made_from_it(crops: Crops) -> None:
    world = RealWorld(crops, scale=2, batch=4, patch=16, degradation=mean)  # the patch is the whole crop
    batch, plain = world.sharpened().batch(0), world.pairs().batch(0)
    torch.testing.assert_close(batch.target, sharpen(batch.real), atol=1e-6, rtol=0)
    torch.testing.assert_close(batch.input, torch.nn.functional.avg_pool2d(batch.target, 2), atol=1e-6, rtol=0)
    assert torch.equal(batch.real, plain.target)
    assert (batch.target - batch.real).abs().max() > 0.01
    sharp = world.pairs(sharpened=True).batch(0)
    assert isinstance(sharp, Pairs)
    assert torch.equal(sharp.target, batch.target)
    assert torch.equal(sharp.input, batch.input)


def test_a_batch_depends_on_the_seed_and_its_number_alone(crops: Crops) -> None:
    world = RealWorld(crops, scale=4, batch=2, patch=5, seed=7)
    stream = world.sharpened()
    first = [next(stream) for _ in range(4)]
    resumed = world.sharpened()
    resumed.position = 2
    for position in (2, 3):
        again = next(resumed)
        assert all(torch.equal(a, b) for a, b in zip(again, first[position], strict=True))
        alone = world.sharpened().batch(position)
        assert all(torch.equal(a, b) for a, b in zip(alone, first[position], strict=True))
    assert not torch.equal(first[0].input, first[1].input)
    other = RealWorld(crops, scale=4, batch=2, patch=5, seed=8).sharpened().batch(0)
    assert not torch.equal(other.input, first[0].input)


def test_shares_of_two_processes_are_the_batch_of_one(crops: Crops) -> None:
    world = RealWorld(crops, scale=4, batch=4, patch=5)
    whole = world.pairs().batch(1)
    parts: list[Pairs] = []
    for rank in range(2):
        stream = world.pairs()
        stream.share(rank, 2)
        parts.append(stream.batch(1))
    assert torch.equal(whole.input, torch.cat([part.input for part in parts]))
    assert torch.equal(whole.target, torch.cat([part.target for part in parts]))


def test_each_sample_is_degraded_by_its_own_choices(crops: Crops) -> None:
    sizes: list[int] = []
    states: list[float] = []

    def spy(high: torch.Tensor, scale: int, random: np.random.Generator) -> torch.Tensor:
        sizes.append(len(high))
        states.append(random.random())
        return mean(high, scale, random)

    RealWorld(crops, scale=2, batch=6, patch=4, degradation=spy).pairs().batch(0)
    assert sizes == [1] * 6
    assert len(set(states)) == 6


def test_other_degradations_fit(crops: Crops) -> None:
    batch = RealWorld(crops, scale=2, batch=2, patch=8, degradation=Compressed()).pairs().batch(0)
    assert batch.input.shape == (2, 3, 8, 8)


def test_refuses_a_patch_larger_than_the_crop(crops: Crops) -> None:
    with pytest.raises(DataError, match="a patch of 9 does not fit in a crop of 32 reduced 4 times"):
        RealWorld(crops, scale=4, batch=1, patch=9)
