"""The conditional GAN: its numbers, its rates, that it learns what it is told to make, and its model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim import SGD, Adam

from ganvas.data.batches import Labelled
from ganvas.data.digits import Digits
from ganvas.enhancement import Model
from ganvas.losses.adversarial import Minimax, NonSaturating
from ganvas.objectives.generation import ConditionalGeneration
from ganvas.recipes import RECIPES, resolve
from ganvas.recipes.cgan import CGANRecipe
from ganvas.runs import Settings, train_into
from ganvas.training import train
from ganvas.weights import WeightsError, load


def digits_of(readable: dict[str, object]) -> Digits:
    digits = readable["digits"]
    assert isinstance(digits, Digits)
    return digits


def test_the_papers_numbers(readable: dict[str, object]) -> None:
    recipe, digits = CGANRecipe(), digits_of(readable)
    (stage,) = recipe.stages(digits)
    assert next(stage.data).image.shape == (100, 1, 28, 28)
    assert [player.name for player in stage.players] == ["discriminator", "generator"]
    for player in stage.players:
        assert isinstance(player.optimizer, SGD)
        assert player.turns == 1
    assert stage.rounds == 231  # 480 passes through 48 digits by 100
    for schedule in stage.schedules:
        schedule(0)
    first = [(group["lr"], group["momentum"]) for p in stage.players for group in p.optimizer.param_groups]
    for schedule in stage.schedules:
        schedule(230)
    last = [(group["lr"], group["momentum"]) for p in stage.players for group in p.optimizer.param_groups]
    assert first == [(0.1, 0.5)] * 2
    assert [value for pair in last for value in pair] == pytest.approx([0.1 / 1.00004**230, 0.7] * 2)
    for schedule in stage.schedules:
        schedule(400_000)
    assert {group["lr"] for p in stage.players for group in p.optimizer.param_groups} == {1e-6}


def test_all_passes_of_mnist_bring_the_rate_to_its_least() -> None:
    recipe = CGANRecipe()
    rounds = recipe.epochs * 60_000 // recipe.batch
    assert recipe.rate / recipe.divisor**rounds == pytest.approx(recipe.least_rate, rel=0.02)


def test_presets_and_settings(readable: dict[str, object]) -> None:
    modern = resolve(RECIPES, "cgan", "modern")
    (stage,) = modern.stages(digits_of(readable))
    for player in stage.players:
        assert isinstance(player.optimizer, Adam)
        assert player.optimizer.defaults["lr"] == 2e-4
        assert player.optimizer.defaults["betas"] == (0.5, 0.999)
    assert not stage.schedules
    assert stage.rounds == 24
    (stage,) = resolve(RECIPES, "cgan", "modern", ["rounds=7"]).stages(digits_of(readable))
    assert stage.rounds == 7
    (stage,) = resolve(RECIPES, "cgan", "small").stages(digits_of(readable))
    assert {player.name: player.optimizer.param_groups[0]["lr"] for player in stage.players} == {
        "generator": 1e-3,
        "discriminator": 1e-4,
    }
    counts = [sum(p.numel() for p in CGANRecipe(joint=joint).generator().parameters()) for joint in (True, False)]
    assert counts == [2_413_984, 972_784]


@pytest.mark.parametrize(("loss", "kind"), [("minimax", Minimax), ("non-saturating", NonSaturating)])
def test_the_two_losses(loss: str, kind: type[Minimax] | type[NonSaturating], readable: dict[str, object]) -> None:
    recipe = resolve(RECIPES, "cgan", "smoke", [f"loss={loss}", "dropout=0"])
    torch.manual_seed(0)
    (stage,) = recipe.stages(digits_of(readable))
    generator, discriminator = stage.players[1].net, stage.players[0].net
    batch = next(stage.data)
    torch.manual_seed(1)
    paid = stage.players[1].loss(batch).total
    torch.manual_seed(1)
    fake = generator(torch.rand(16, 100), batch.label)
    expected = kind().generator_loss(lambda image: discriminator(image, batch.label), batch.image, fake)
    assert torch.equal(paid, expected)


def test_it_learns_to_make_what_it_is_told_to(readable: dict[str, object]) -> None:
    """Of two digits, whose bars lie at the top and at the bottom."""
    digits = digits_of(readable)
    two = np.isin(digits.labels, [0, 9])
    settings = ["rounds=60", "batch=12", "dropout=0", "joint=false", "rate=0.0005"]
    torch.manual_seed(0)
    net = None
    for played in train(
        resolve(RECIPES, "cgan", "modern", settings).stages(Digits(digits.images[two], digits.labels[two]))
    ):
        net = played.stage.outcome
    assert net is not None
    told = torch.tensor([0, 1]).repeat(25)
    with torch.inference_mode():
        made = net.eval()(torch.rand(50, 100), 9 * told)
    bars = made[:, 0, [4, 22], 4:24].mean(2)
    assert (bars.argmax(1) == told).float().mean() > 0.9


@pytest.mark.parametrize("mismatched", [0.0, 0.99999])
def test_real_pictures_of_another_class_are_fakes(mismatched: float) -> None:
    label = torch.tensor([1, 2, 2, 3])
    real = torch.arange(4.0)[:, None, None, None].expand(4, 1, 2, 2)
    seen: list[tuple[list[float], list[int]]] = []

    class Judge(torch.nn.Module):
        def forward(self, image: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
            seen.append((image.mean((1, 2, 3)).tolist(), label.tolist()))
            return image.mean((1, 2, 3))

    class Nines(torch.nn.Module):
        def forward(self, noise: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
            return torch.full((len(label), 1, 2, 2), 9.0)

    game = ConditionalGeneration(Nines(), Judge(), NonSaturating(), 3, mismatched)
    game.discriminator_loss(Labelled(real, label))
    assert seen[0] == ([0, 1, 2, 3], [1, 2, 2, 3])
    assert seen[1] == ([3, 0, 9, 2] if mismatched else [9, 9, 9, 9], [1, 2, 2, 3])
    game.generator_loss(Labelled(real, label))
    assert seen[-1][0] == [9, 9, 9, 9]


def test_its_model_makes_digits_and_does_not_enlarge(digit_files: Path, tmp_path: Path) -> None:
    recipe = resolve(RECIPES, "cgan", "smoke", ["joint=false"])
    product = load(train_into(tmp_path / "run", recipe, digit_files, Settings(device="cpu")))
    assert (product.card.recipe, product.card.task, product.card.parameters) == ("cgan", "generate", 972_784)
    noise, label = torch.rand(3, 100), torch.tensor([7, 7, 0])
    made = product.net(noise, label)
    assert made.shape == (3, 1, 28, 28)
    assert torch.equal(made, product.net(noise, label)), "in eval mode: no dropout"
    with pytest.raises(WeightsError, match="made to generate"):
        Model(product, device="cpu")
