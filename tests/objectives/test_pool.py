"""The pool of earlier fakes: the rule by which pictures are kept and come out."""

from __future__ import annotations

import torch

from ganvas.objectives.pool import Pool


def numbered(first: int, count: int) -> torch.Tensor:
    """Pictures of one value, their number."""
    return torch.arange(float(first), first + count)[:, None, None, None].expand(count, 3, 2, 2).clone()


def numbers(images: torch.Tensor) -> list[int]:
    assert (images == images[:, :1, :1, :1]).all()
    return images[:, 0, 0, 0].int().tolist()


def test_the_first_are_kept_and_returned_as_they_are() -> None:
    torch.manual_seed(0)
    pool = Pool(5)
    assert numbers(pool(numbered(0, 3))) == [0, 1, 2]
    shown = numbers(pool(numbered(3, 2)))
    assert shown == [3, 4]
    assert numbers(torch.stack(pool.images)) == [0, 1, 2, 3, 4]


def test_then_half_come_out_of_it_each_once_and_the_new_take_their_places() -> None:
    torch.manual_seed(0)
    pool, out = Pool(50), list[int]()
    for first in range(0, 4000, 4):
        new = list(range(first, first + 4))
        shown = numbers(pool(numbered(first, 4)))
        assert all(one == own or one < own for one, own in zip(shown, new, strict=True))
        out += shown
    held = numbers(torch.stack(pool.images))
    assert len(held) == 50
    assert sorted(set(out) | set(held)) == list(range(4000)), "none is lost"
    exchanged = [old < new for new, old in enumerate(out)][50:]
    assert 0.46 < sum(exchanged) / len(exchanged) < 0.54
    older = [one for one, was in zip(out[50:], exchanged, strict=True) if was]
    assert len(set(older)) == len(older), "none comes out twice"
    ages = torch.tensor([new - old for new, old in enumerate(out) if old < new], dtype=torch.float)
    assert 80 < ages.mean() < 120, "each of the 50 is as likely, in every second draw: kept for 100 on average"


def test_a_pool_of_nothing_lets_all_through() -> None:
    pool = Pool(0)
    for first in (0, 4):
        assert numbers(pool(numbered(first, 4))) == list(range(first, first + 4))
    assert pool.images == []


def test_no_gradient_leads_out_of_it() -> None:
    pool = Pool(1)
    fakes = numbered(0, 2).requires_grad_()
    shown = pool(fakes)
    assert not shown.requires_grad
    assert not any(image.requires_grad for image in pool.images)


def test_put_back_it_goes_on_identically() -> None:
    torch.manual_seed(0)
    pool = Pool(4)
    for first in range(0, 20, 4):
        pool(numbered(first, 4))
    state, random = pool.state_dict(), torch.get_rng_state()
    expected = [numbers(pool(numbered(first, 4))) for first in range(20, 60, 4)]
    other = Pool(4)
    other.load_state_dict(state)
    torch.set_rng_state(random)
    assert [numbers(other(numbered(first, 4))) for first in range(20, 60, 4)] == expected
    torch.set_rng_state(random)
    assert [numbers(Pool(4)(numbered(first, 4))) for first in range(20, 60, 4)] != expected


def test_a_state_does_not_change_with_the_pool() -> None:
    torch.manual_seed(0)
    pool = Pool(2)
    pool(numbered(0, 2))
    state = pool.state_dict()
    pool(numbered(2, 30))
    assert numbers(torch.stack(state["images"])) == [0, 1]
