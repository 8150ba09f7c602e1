"""Painting on pictures: what is painted is there, the rest stays, and edges are told by their direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.images import Picture, write
from ganvas.latent.brush import Edit, Stroke, brush, gradients, stroke_of
from ganvas.latent.model import Generator, LatentError


def half_of(shape: tuple[int, int, int]) -> torch.Tensor:
    where = torch.zeros(1, *shape[1:])
    where[..., : shape[2] // 2] = 1
    return where


def test_what_is_painted_is_there_and_near(random_net: Generator) -> None:
    start, other = random_net.sample(2, 3)
    stroke = Stroke(random_net(other[None]), half_of(random_net.shape))
    before = stroke.cost(random_net(start[None])).item()
    edits = [brush(random_net, stroke, start, nearness=nearness, seed=1) for nearness in (0.0, 0.05, 50.0)]
    after = [stroke.cost(random_net(edit.codes[:1])).item() for edit in edits]
    moved = [(edit.codes[0] - start).norm().item() for edit in edits]
    assert after[0] < before / 4
    assert after == sorted(after)
    assert moved == sorted(moved, reverse=True)
    assert moved[2] < moved[0] / 4
    for edit in edits:
        assert edit.codes.shape == (16, 6)
        assert torch.equal(edit.costs, edit.costs.sort().values)


def test_from_nothing_any_picture_will_do(random_net: Generator) -> None:
    stroke = Stroke(random_net(random_net.sample(1, 3)), half_of(random_net.shape))
    edit = brush(random_net, stroke, steps=60, best=4, seed=2)
    assert edit.costs[0] < 0.05 * stroke.cost(random_net(random_net.sample(32, 9))).mean()
    with pytest.raises(LatentError, match="painted from nothing"):
        edit.morph()


def test_a_shape_is_followed_whatever_its_colour(bars: Generator) -> None:
    """Half as bright, so that as a colour it would ask for something else."""
    codes = torch.zeros(2, 16)
    codes[1, 0] = 2.0  # leans
    upright, leaning = codes
    stroke = Stroke(bars(leaning[None]) / 2, torch.ones(1, 24, 24), colour=False, shape=True)
    edit = brush(bars, stroke, upright, steps=40, nearness=0.0, seed=0)
    assert edit.codes[0, 0] > 0.5
    assert stroke.cost(bars(edit.codes[:1])) < stroke.cost(bars(upright[None])) / 2


def test_gradients_tell_directions() -> None:
    rising = torch.arange(16.0).expand(16, 16)[None, None] / 16
    right, down = gradients(rising)[0], gradients(rising.mT)[0]
    assert right.shape == (8, 4, 4)
    inner = (slice(None), 1, 1)
    assert right[inner].argmax() == 0
    assert down[inner].argmax() == 2
    assert right[4][1, 1] == 0, "nothing rises to the left"
    assert torch.allclose(right[inner].roll(2), down[inner], atol=1e-5)
    assert (right.norm(dim=0) <= 1).all()
    assert (gradients(torch.ones(1, 3, 8, 8))[:, :, 0, 0] == 0).all()


def test_the_cost_counts_what_is_painted_alone() -> None:
    where = half_of((1, 8, 8))
    stroke = Stroke(torch.zeros(1, 1, 8, 8), where)
    assert stroke.cost((1 - where)[None]).item() == 0
    assert stroke.cost(0.5 * where[None]).item() == pytest.approx(1.0)


def test_a_morph_runs_from_start_to_best() -> None:
    edit = Edit(torch.ones(2, 3), torch.zeros(2), torch.zeros(3))
    assert edit.morph(3).tolist() == [[0.0] * 3, [0.5] * 3, [1.0] * 3]


def test_a_stroke_is_what_is_not_transparent_or_what_the_mask_says(random_net: Generator, tmp_path: Path) -> None:
    alpha = np.zeros((32, 32), np.float32)
    alpha[:16] = 1
    red = np.zeros((32, 32, 3), np.float32)
    red[..., 0] = 1
    write(Picture(red, alpha), tmp_path / "stroke.png")
    write(Picture(red), tmp_path / "plain.png")
    write(Picture(np.repeat(alpha[..., None], 3, axis=2)), tmp_path / "mask.png")
    for stroke in (
        stroke_of(tmp_path / "stroke.png", random_net),
        stroke_of(tmp_path / "plain.png", random_net, tmp_path / "mask.png"),
    ):
        assert (stroke.where[:, :7] == 1).all()
        assert (stroke.where[:, 9:] == 0).all()
        assert torch.allclose(stroke.image[0, :, 2, 2], torch.tensor([1.0, 0.0, 0.0]), atol=0.01)
    with pytest.raises(LatentError, match="painted everywhere"):
        stroke_of(tmp_path / "plain.png", random_net)
    with pytest.raises(LatentError, match="nothing is painted"):
        Stroke(torch.zeros(1, 3, 8, 8), torch.zeros(1, 8, 8))
