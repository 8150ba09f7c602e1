"""BiGAN: its nets, what each side pays, and that its encoder learns to invert."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from ganvas.data.batches import Images
from ganvas.data.digits import Digits, open_digits
from ganvas.latent.encoders import inverse
from ganvas.latent.model import Generator, opened
from ganvas.nets.bigan import BidirectionalGenerator, PairDiscriminator
from ganvas.objectives.bigan import BidirectionalGame, RegressedGame
from ganvas.recipes import RECIPES, resolve
from ganvas.recipes.bigan import BiGANRecipe
from ganvas.runs import Settings, train_into
from ganvas.training import train


def digits_of(readable: dict[str, object]) -> Digits:
    digits = readable["digits"]
    assert isinstance(digits, Digits)
    return digits


def test_nets() -> None:
    with torch.device("meta"):
        both, judge, plain = BidirectionalGenerator(), PairDiscriminator(), PairDiscriminator(0)
    generator = 50 * 1024 + 1024**2 + 1024 * 784 + 784
    encoder = 784 * 1024 + 1024 + 1024**2 + 1024 * 50 + 50
    pictures = 784 * 1024 + 1024 + 1024**2 + 1024 + 1
    counts = [sum(p.numel() for p in net.parameters()) for net in (both, judge, plain)]
    assert counts == [generator + encoder, pictures + 50 * 1024, pictures]
    small = BidirectionalGenerator(4, 8).eval()
    images = small(torch.rand(3, 4))
    assert images.shape == (3, 1, 28, 28)
    assert small.encode(images).shape == (3, 4)
    assert small.features(images).shape == (3, 8)


def test_the_code_enters_before_the_norm() -> None:
    judge = PairDiscriminator(4, 8).eval()
    assert judge.code is not None
    image, code = torch.rand(3, 1, 28, 28), torch.rand(3, 4)
    second = judge.image(image) + code @ judge.code.weight.T
    assert torch.allclose(judge(image, code), judge.both(second))
    assert PairDiscriminator(0, 8)(image).shape == (3, 1)


class Told(nn.Module):
    """A judge of the means of picture and code."""

    def forward(self, image: torch.Tensor, code: torch.Tensor | None = None) -> torch.Tensor:
        score = image.flatten(1).mean(1, keepdim=True)
        return score if code is None else score + 2 * code.mean(1, keepdim=True)


def test_what_the_sides_pay() -> None:
    both = BidirectionalGenerator(4, 8).eval()
    game, batch = BidirectionalGame(both.generator, both.encoder, Told(), 4), Images(torch.rand(6, 1, 28, 28))
    torch.manual_seed(1)
    code = 2 * torch.rand(6, 4) - 1
    real = batch.image.flatten(1).mean(1) + 2 * both.encode(batch.image).mean(1)
    fake = both(code).flatten(1).mean(1) + 2 * code.mean(1)
    torch.manual_seed(1)
    judged = game.discriminator_loss(batch)["adversarial"]
    assert judged.item() == pytest.approx((softplus(-real).mean() + softplus(fake).mean()).item(), rel=1e-5)
    torch.manual_seed(1)
    paid = game.generator_loss(batch)
    assert paid["encoder"].item() == pytest.approx(softplus(real).mean().item(), rel=1e-5)
    assert paid["generator"].item() == pytest.approx(softplus(-fake).mean().item(), rel=1e-5)


@pytest.mark.parametrize("weight", [0.0, 0.25])
def test_the_regressors_share_of_the_gradient(weight: float) -> None:
    """The encoder gets all of the code's error, the generator the weight's part."""
    both = BidirectionalGenerator(4, 8).eval()
    game, batch = (
        RegressedGame(both.generator, both.encoder, Told(), 4, weight=weight),
        Images(torch.rand(6, 1, 28, 28)),
    )
    torch.manual_seed(1)
    terms = game.generator_loss(batch)
    torch.manual_seed(1)
    code = 2 * torch.rand(6, 4) - 1
    error = (both.encode(both(code)) - code).square().mean() / 2
    assert terms["encoder"].item() == pytest.approx(error.item(), rel=1e-5)
    for net, share in ((both.encoder, 1.0), (both.generator, weight)):
        one = torch.autograd.grad(terms["encoder"], list(net.parameters()), retain_graph=True, allow_unused=True)
        other = torch.autograd.grad(error, list(net.parameters()), retain_graph=True)
        for got, whole in zip(one, other, strict=True):
            assert torch.allclose(torch.zeros_like(whole) if got is None else got, share * whole, atol=1e-7)


def test_the_papers_numbers(readable: dict[str, object]) -> None:
    (stage,) = BiGANRecipe().stages(digits_of(readable))
    assert stage.simultaneous
    assert stage.rounds == 400 * 48 // 128
    assert next(stage.data).image.shape == (128, 1, 28, 28)
    for number, rate in ((0, 2e-4), (74, 2e-4), (stage.rounds - 1, 2e-6)):
        for schedule in stage.schedules:
            schedule(number)
        for player in stage.players:
            (group,) = player.optimizer.param_groups
            assert group["lr"] == pytest.approx(rate)
            assert (group["betas"], group["weight_decay"]) == ((0.5, 0.999), 2.5e-5)
    names = [resolve(RECIPES, "bigan", preset).encoding for preset in ("paper", "regressor", "joint")]
    assert names == ["pairs", "regressor", "joint"]


def test_a_joint_encoder_learns_the_codes(readable: dict[str, object]) -> None:
    settings = ["encoding=joint", "width=32", "noise=4", "batch=48", "epochs=40", "falling_epochs=1", "rate=3e-3"]
    torch.manual_seed(0)
    digits = digits_of(readable)
    net = None
    for played in train(resolve(RECIPES, "bigan", "smoke", settings).stages(digits)):
        net = played.stage.outcome
    assert isinstance(net, BidirectionalGenerator)
    figures = inverse(Generator(net, 4, "uniform"), net.encode, digits[slice(48)].image)
    assert figures.code_ratio < 0.75


def test_its_model_has_its_encoder(digit_files: Path, tmp_path: Path) -> None:
    recipe = resolve(RECIPES, "bigan", "smoke")
    generator = opened(train_into(tmp_path / "run", recipe, digit_files, Settings(device="cpu")))
    assert (generator.dims, generator.prior) == (4, "uniform")
    assert generator.encode is not None
    figures = inverse(generator, generator.encode, open_digits(digit_files, "t10k")[slice(20)].image)
    assert 0 < figures.ratio < 2
