"""Generators from their files, and pictures as they want them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.images import Picture, write
from ganvas.latent.model import Generator, LatentError, fitted, opened
from ganvas.recipes import RECIPES, build
from ganvas.weights import describe, store


def stored(folder: Path, name: str) -> Path:
    recipe = build(RECIPES[name], RECIPES[name].presets["smoke"])
    net, path = recipe.generator(), folder / f"{name}.safetensors"
    store(path, net, describe(recipe, net))
    return path


def test_a_generator_from_its_file(tmp_path: Path) -> None:
    generator = opened(stored(tmp_path, "dcgan"))
    assert (generator.dims, generator.prior, generator.shape) == (8, "uniform", (3, 16, 16))
    codes = generator.sample(5, 1)
    assert codes.abs().max() < 1
    assert torch.equal(codes, generator.sample(5, 1))
    assert torch.equal(generator(codes)[2:3], generator(codes[2:3])), "in eval mode no picture depends on others"
    both = opened(stored(tmp_path, "bigan"))
    assert both.encode is not None
    assert both.encode(both(both.sample(3))).shape == (3, 4)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("cgan", "wants a class"), ("gan", "points of codes"), ("digits", "made to classify"), ("compact", "to enlarge")],
)
def test_what_is_no_generator_of_pictures(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(LatentError, match=sentence):
        opened(stored(tmp_path, name))


def test_gradients_reach_codes_alone_and_batches_do_not_matter(random_net: Generator) -> None:
    codes = random_net.sample(600, 0).requires_grad_()
    images = random_net(codes)
    assert torch.allclose(images[255:258], random_net(codes[255:258]), atol=1e-6)
    images.sum().backward()
    assert codes.grad is not None
    assert (codes.grad.norm(dim=1) > 0).all()
    assert all(weight.grad is None for weight in random_net.net.parameters())


def test_codes_of_a_sphere_are_brought_to_it(random_net: Generator) -> None:
    ball = Generator(random_net.net, 6, "sphere")
    codes = random_net.sample(3, 0)
    assert torch.allclose(ball(codes), ball(3 * codes), atol=1e-6)
    assert torch.allclose(ball.kept(codes).square().mean(1), torch.ones(3))
    assert Generator(random_net.net, 6, "uniform").kept(codes).abs().max() == 1


def test_pictures_are_cut_and_made_as_large(tmp_path: Path, random_net: Generator) -> None:
    pixels = np.zeros((32, 64, 3), np.float32)
    pixels[:, 16:48, 1] = 1
    write(Picture(pixels), tmp_path / "a.png")
    image = fitted(tmp_path / "a.png", random_net)
    assert image.shape == (1, 3, *random_net.shape[1:])
    assert torch.allclose(image.mean((0, 2, 3)), torch.tensor([0.0, 1.0, 0.0]), atol=1e-3)


def test_the_bundled_generator() -> None:
    generator = opened()
    assert generator.shape[0] == 1
    images = generator(generator.sample(8))
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.std(0).mean() > 0.05
