"""The search for nearest patches: exhaustive against its definition, followed against exhaustive."""

from __future__ import annotations

import pytest
import torch

from ganvas.images import resize
from ganvas.single.patch_search import Field, distances, followed, nearest
from ganvas.single.patches import cut


@pytest.fixture
def scattered() -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(3)
    return torch.rand(60, 12, generator=random), torch.rand(41, 12, generator=random)


def test_distances_are_mean_squared_differences(scattered: tuple[torch.Tensor, torch.Tensor]) -> None:
    queries, keys = scattered
    expected = (queries[:, None] - keys[None]).square().mean(dim=2)
    torch.testing.assert_close(distances(queries, keys), expected, atol=1e-6, rtol=0)
    assert distances(keys, keys).min() >= 0


@pytest.mark.parametrize("alpha", [None, 0.005, 10.0])
def test_nearest_is_its_definition(scattered: tuple[torch.Tensor, torch.Tensor], alpha: float | None) -> None:
    queries, keys = scattered
    d = (queries[:, None] - keys[None]).square().mean(dim=2).double()
    score = d if alpha is None else d / (alpha + d.amin(dim=0))
    assert nearest(queries, keys, alpha).tolist() == score.argmin(dim=1).tolist()


@pytest.mark.parametrize("alpha", [None, 0.005])
def test_memory_does_not_change_the_result(scattered: tuple[torch.Tensor, torch.Tensor], alpha: float | None) -> None:
    queries, keys = scattered
    whole = nearest(queries, keys, alpha)
    for rows in (0, 1, 7, 59):
        assert torch.equal(nearest(queries, keys, alpha, memory=4 * len(keys) * rows), whole)


def test_small_alpha_uses_more_of_the_keys() -> None:
    random = torch.Generator().manual_seed(4)
    queries, keys = torch.rand(300, 12, generator=random), torch.rand(200, 12, generator=random)
    some, more, most = (len(nearest(queries, keys, alpha).unique()) for alpha in (None, 0.1, 1e-4))
    assert 1.1 * some < 1.05 * more < most


def test_a_field_follows_the_enlargement() -> None:
    """A find moved by (2, 3) places is one moved by (4, 6) at twice the size; the same size changes nothing."""
    rows = torch.arange(2, 12)[:, None] * 20 + torch.arange(3, 15)
    field = Field(rows.flatten(), (10, 12), (14, 20))
    assert torch.equal(field.enlarged((10, 12), (14, 20), 7).rows, field.rows)
    larger = field.enlarged((26, 30), (34, 46), 7)  # with patches of 7 pixels: pictures of 32 x 36 and 40 x 52
    y, x = larger.rows.view(26, 30) // 46, larger.rows.view(26, 30) % 46
    assert torch.equal(y, (torch.arange(26)[:, None] + 4).expand(26, 30))
    assert torch.equal(x, (torch.arange(30) + 6).expand(26, 30))


def test_followed_is_never_worse_and_nearly_exhaustive() -> None:
    random = torch.Generator().manual_seed(0)
    photo = resize(torch.rand(1, 3, 12, 16, generator=random), (48, 64))
    other = photo.roll((5, -9), (2, 3)) + 0.02 * torch.randn(1, 3, 48, 64, generator=random)
    queries, keys = cut(other, 7), cut(photo, 7)
    least = distances(queries, keys).amin(dim=1).mean()
    start = Field(torch.randint(len(keys), (len(queries),), generator=random), (42, 58), (42, 58))
    field, costs = start, [(keys[start.rows] - queries).square().mean(dim=1)]
    for _ in range(3):
        field = followed(queries, keys, field, random)
        costs.append((keys[field.rows] - queries).square().mean(dim=1))
        assert (costs[-1] <= costs[-2] + 1e-7).all()
    assert costs[0].mean() > 10 * least
    assert costs[-1].mean() < 1.1 * least
