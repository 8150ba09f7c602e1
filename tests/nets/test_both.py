"""Two nets that belong together."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.both import Both, Domain


@pytest.mark.parametrize(("aim", "own"), [("a", 0), ("b", 1)])
def test_called_it_is_the_one_for_its_aim(aim: Domain, own: int) -> None:
    nets = [nn.Conv2d(3, 3, 1) for _ in range(2)]
    image = torch.rand(1, 3, 4, 5)
    both = Both(*nets, aim)
    assert torch.equal(both(image), nets[own](image))
    assert not torch.equal(both(image), nets[1 - own](image))


def test_it_has_the_parameters_of_both_under_their_domains() -> None:
    both = Both(nn.Linear(1, 2), nn.Linear(1, 2))
    assert list(both.state_dict()) == ["a.weight", "a.bias", "b.weight", "b.bias"]
    other = Both(nn.Linear(1, 2), nn.Linear(1, 2), "a")
    other.load_state_dict(both.state_dict())  # the aim is no weight
    assert torch.equal(other(torch.ones(1, 1)), both.a(torch.ones(1, 1)))
