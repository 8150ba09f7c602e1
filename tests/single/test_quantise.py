"""K-means: its clusters, and a picture in their colours."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from ganvas.single.quantise import Clustered, lloyd, palette, recoloured, spread

COLOURS = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.1, 0.2, 1.0], [1.0, 1.0, 1.0]])


def speckled(noise: float = 0.02) -> tuple[torch.Tensor, torch.Tensor]:
    """A picture (1, 3, 20, 30) of five colours with a little noise, and which colour is where."""
    random = torch.Generator().manual_seed(1)
    where = torch.randint(5, (20, 30), generator=random)
    image = COLOURS[where].permute(2, 0, 1)[None]
    return image + noise * torch.randn(image.shape, generator=random), where


def test_the_colours_of_a_picture_are_found() -> None:
    image, where = speckled()
    centres = palette(image)
    nearest = torch.cdist(COLOURS, centres).argmin(dim=1)
    assert sorted(nearest.tolist()) == [0, 1, 2, 3, 4]
    for colour in range(5):
        members = image[0].permute(1, 2, 0)[where == colour]
        torch.testing.assert_close(centres[nearest[colour]], members.mean(dim=0))
    assert torch.equal(recoloured(image, centres), centres[nearest[where]].permute(2, 0, 1)[None])


@pytest.mark.parametrize("how", get_args(Clustered))
def test_a_second_time_changes_nothing(how: Clustered) -> None:
    image = torch.rand(1, 3, 16, 21, generator=torch.Generator().manual_seed(0))
    centres = palette(image, how)
    once = recoloured(image, centres, how)
    assert once.shape == image.shape
    assert torch.equal(recoloured(once, centres, how), once)
    assert not torch.equal(once, image)


def test_the_authors_cluster_neighbours_in_a_channel() -> None:
    image = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    centres = palette(image, "official")
    rows = recoloured(image, centres, "official").reshape(-1, 3)
    assert all((centres == row).all(dim=1).any() for row in rows)
    assert not torch.equal(palette(image), centres)


def test_labels_are_those_of_the_picture_and_colours_those_of_the_palette() -> None:
    # All is nearest to black at first; K-means on the picture itself then tells its two halves apart.
    image = torch.full((1, 3, 2, 4), 0.1)
    image[..., 2:] = 0.6
    centres = torch.tensor([[0.0] * 3, [0.95] * 3])
    assert recoloured(image, centres)[0, 0, 0].tolist() == pytest.approx([0, 0, 0.95, 0.95])


def test_it_follows_from_the_seed() -> None:
    image = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(2))
    state = torch.get_rng_state()
    assert torch.equal(palette(image), palette(image))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_picture_of_one_colour() -> None:
    image = torch.full((1, 3, 4, 4), 0.3)
    centres = palette(image)
    assert torch.equal(recoloured(image, centres), image)


def test_clusters_without_members_stay() -> None:
    points = torch.tensor([[0.0], [1.0]])
    assert lloyd(points, torch.tensor([[0.4], [9.0]])).tolist() == [[0.5], [9.0]]
    assert len(spread(points, 2, torch.Generator().manual_seed(0)).unique()) == 2
