"""Encoders: what they learn, and how it is measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.latent.encoders import (
    Prediction,
    encoder_for,
    inverse,
    keep,
    neighbour_accuracy,
    predicted,
    recalled,
    reconstructed,
    regressed,
)
from ganvas.latent.inversion import Descent, invert
from ganvas.latent.model import Generator, LatentError
from ganvas.latent.operators import full
from ganvas.nets.encoder import ConvEncoder


def small(generator: Generator) -> ConvEncoder:
    torch.manual_seed(0)
    return encoder_for(generator, 6)


def test_its_shape() -> None:
    net = ConvEncoder(1, 28, 28, 10, width=8)
    assert net(torch.rand(2, 1, 28, 28)).shape == (2, 10)
    assert [layer.out_channels for layer in net.body if isinstance(layer, torch.nn.Conv2d)] == [8, 16, 32]
    bounded = ConvEncoder(3, 16, 20, 4, width=4, bounded=True)
    assert bounded(100 * torch.rand(2, 3, 16, 20)).abs().max() <= 1


def test_regression_inverts_and_prediction_comes_nearer(plane: Generator, bars: Generator) -> None:
    encoder = regressed(bars, 60, encoder=small(bars), batch=32, rate=4e-3, seed=1)
    assert not encoder.training
    images = bars(bars.sample(128, 5))
    figures = inverse(bars, encoder, images)
    assert figures.ratio < 0.6
    assert figures.code_ratio < 0.99, "13 of the 16 components cannot be seen"

    def draw(random, rows: slice, position: int) -> Images:
        return Images(bars(bars.sample(32, position))[rows])

    before = reconstructed(bars, encoder, images)[1].mean()
    after = predicted(bars, Stream(draw, 32), 30, encoder=encoder, rate=1e-3)
    assert after is encoder
    made, decibels = reconstructed(bars, after, images)
    assert made.shape == images.shape
    assert decibels.mean() > before


def test_training_is_repeatable_and_leaves_chance_alone(bars: Generator) -> None:
    torch.manual_seed(0)
    one = regressed(bars, 2, batch=4, seed=3)
    drawn = torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(drawn, torch.rand(1))
    other = regressed(bars, 2, batch=4, seed=3)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_prediction_is_the_error_of_the_picture(plane: Generator) -> None:
    encoder = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 6))
    images = torch.rand(5, 3, 4, 4)
    terms = Prediction(plane, encoder).encoder_loss(Images(images))
    assert terms["pixel"].item() == pytest.approx(((plane(encoder(images)) - images) ** 2).mean().item())


def test_a_descent_goes_on_from_the_encoder(bars: Generator) -> None:
    encoder = regressed(bars, 30, encoder=small(bars), batch=32, rate=4e-3, seed=1)
    images = bars(bars.sample(4, 5))
    guess = encoder(images)
    found = invert(bars, images, full(bars.shape), descent=Descent(30, 0.1, True), starts=1, first=guess)
    assert (found.costs < (bars(guess) - images).square().flatten(1).sum(1) / 2).all()


def test_ratios(plane: Generator) -> None:
    back = torch.linalg.pinv(next(plane.net.parameters()).detach())
    images = plane(plane.sample(10, 8))
    exact = inverse(plane, lambda image: image.flatten(1) @ back, images)
    assert exact.ratio == pytest.approx(0, abs=1e-4)
    assert exact.code_ratio == pytest.approx(0, abs=1e-4)
    blind = inverse(plane, lambda image: torch.zeros(len(image), 6), images)
    assert blind.ratio == pytest.approx(1, abs=1e-5)
    assert blind.code_ratio == pytest.approx(1, abs=1e-5)
    assert blind.picture == pytest.approx(images.flatten(1).norm(dim=1).mean().item(), rel=1e-5)


def test_neighbours() -> None:
    known = torch.tensor([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]])
    asked = torch.tensor([[0.1, 0.0], [0.8, 1.0], [9.0, 9.0], [0.0, 0.2]])
    labels, truth = torch.tensor([3, 4, 5]), torch.tensor([3, 4, 5, 4])
    assert neighbour_accuracy(known, labels, asked, truth, part=3) == 0.75


def test_encoders_are_kept_in_a_file(tmp_path: Path, bars: Generator, random_net: Generator) -> None:
    encoder, path = encoder_for(bars, 4).eval(), tmp_path / "encoder.safetensors"
    keep(path, encoder)
    images = bars(bars.sample(2, 0))
    assert torch.equal(recalled(path, bars)(images), encoder(images))
    with pytest.raises(LatentError, match="another model"):
        recalled(path, random_net)
    (tmp_path / "x.safetensors").write_bytes(b"")
    with pytest.raises(LatentError, match="holds no encoder"):
        recalled(tmp_path / "x.safetensors", bars)
    with pytest.raises(LatentError, match="no folder"):
        keep(tmp_path / "a" / "x.safetensors", encoder)
