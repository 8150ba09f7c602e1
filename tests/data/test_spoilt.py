"""Pairs made of photos: what is spoilt, where it is cut, and who draws what."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.data.crops import Crops
from ganvas.data.pairs import DataError
from ganvas.data.spoilt import spoilt_pairs

SIZE = 20


def coded(count: int = 5) -> Crops:
    """Row, column and number of the crop in the three colours."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    pixels = [np.stack([10 * rows, 10 * columns, np.full_like(rows, 40 * number)], axis=2) for number in range(count)]
    return Crops(np.stack(pixels).astype(np.uint8))


def same(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    return image


def noisy(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    return image + torch.from_numpy(random.normal(scale=0.2, size=image.shape)).float()


def seen(image: torch.Tensor) -> torch.Tensor:
    return (image * 255).round().int()


@pytest.mark.parametrize("margin", [0, 3])
def test_a_pair_is_the_same_window(margin: int) -> None:
    batch = spoilt_pairs(coded(), lambda image, random: 1 - image, 16, 8, margin=margin).batch(0)
    assert batch.input.shape == batch.target.shape == (16, 3, 8, 8)
    assert torch.equal(seen(batch.input), 255 - seen(batch.target))
    assert batch.input.is_contiguous()
    rows, columns, numbers = seen(batch.target).unbind(dim=1)
    assert (rows.diff(dim=1) == 10).all()
    assert (columns.diff(dim=2).abs() == 10).all()
    assert (numbers == numbers[:, :1, :1]).all()
    assert numbers.unique().numel() > 2


@pytest.mark.parametrize(("upright", "turns"), [(True, 2), (False, 8)])
def test_upright_windows_are_mirrored_the_others_turned_too(upright: bool, turns: int) -> None:
    target = seen(spoilt_pairs(coded(), same, 200, 4, upright=upright).batch(0).target)
    down, across = target[:, :2, 1, 0] - target[:, :2, 0, 0], target[:, :2, 0, 1] - target[:, :2, 0, 0]
    found = {(*one, *other) for one, other in zip(down.tolist(), across.tolist(), strict=True)}
    assert len(found) == turns
    assert {(10, 0, 0, 10), (10, 0, 0, -10)} <= found, "as they were, and mirrored"


def test_windows_and_their_margins_lie_everywhere_in_the_crop() -> None:
    stream = spoilt_pairs(coded(), same, 200, 8, margin=5, upright=True)
    target = seen(stream.batch(0).target)
    assert set((target[:, 0, 0, 0] // 10).tolist()) == {5, 6, 7}, "18 of 20 pixels are spoilt, 5 on each side are cut"
    assert set((target[:, 1, 0].amin(dim=1) // 10).tolist()) == {5, 6, 7}


def test_what_is_spoilt_has_its_margin_and_the_pair_has_not() -> None:
    sizes = list[tuple[int, ...]]()

    def spoil(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        sizes.append(tuple(image.shape))
        framed = torch.ones_like(image)
        framed[..., 2:-2, 2:-2] = image[..., 2:-2, 2:-2]
        return framed

    batch = spoilt_pairs(coded(), spoil, 4, 8, margin=2).batch(0)
    assert sizes == [(4, 3, 12, 12)]
    assert torch.equal(batch.input, batch.target), "the border that was whitened is gone"


def test_inputs_are_what_a_file_can_hold() -> None:
    batch = spoilt_pairs(coded(), noisy, 8, 8).batch(0)
    steps = batch.input * 255
    assert batch.input.min() == 0
    assert batch.input.max() == 1
    assert torch.allclose(steps, steps.round(), atol=1e-4)
    assert len(steps.round().unique()) > 100
    dark = spoilt_pairs(coded(), lambda image, random: image - 2, 2, 8).batch(0)
    assert not dark.input.any()


def test_a_batch_depends_on_seed_and_number_alone_and_is_shared_by_rows() -> None:
    walked = spoilt_pairs(coded(), noisy, 6, 8, margin=1, seed=1)
    later = [next(walked) for _ in range(3)][2]
    alone, other = (spoilt_pairs(coded(), noisy, 6, 8, margin=1, seed=seed).batch(2) for seed in (1, 2))
    assert torch.equal(later.input, alone.input)
    assert not torch.equal(alone.target, other.target)
    shares = []
    for rank in range(2):
        stream = spoilt_pairs(coded(), noisy, 6, 8, margin=1, seed=1)
        stream.share(rank, 2)
        shares.append(stream.batch(2))
    assert torch.equal(torch.cat([share.input for share in shares]), alone.input)
    assert torch.equal(torch.cat([share.target for share in shares]), alone.target)


def test_what_does_not_fit() -> None:
    spoilt_pairs(coded(), same, 1, 16, margin=2).batch(0)
    with pytest.raises(DataError, match="a patch of 16 with 3 pixels around it does not fit in a crop of 20"):
        spoilt_pairs(coded(), same, 1, 16, margin=3)
