"""DCGAN: its numbers, its losses, and what the variants of WGAN and WGAN-GP change."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim import Adam, RMSprop

from ganvas.data.batches import Images
from ganvas.data.collection import Collection
from ganvas.enhancement import Model
from ganvas.game import Stage
from ganvas.nets.dcgan import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator
from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.dcgan import DCGANRecipe
from ganvas.runs import Settings, train_into
from ganvas.training import train
from ganvas.weights import WeightsError, load


def staged(folder: Path, preset: str, *settings: str) -> Stage[Images]:
    (stage,) = resolve(RECIPES, "dcgan", preset, settings).stages(Collection(folder))
    return stage


def test_the_papers_numbers(pairs_folder: Path) -> None:
    stage = staged(pairs_folder, "paper", "width=2")
    assert next(stage.data).image.shape == (128, 3, 64, 64)
    assert [player.name for player in stage.players] == ["discriminator", "generator"]
    for player in stage.players:
        assert isinstance(player.optimizer, Adam)
        (group,) = player.optimizer.param_groups
        assert (group["lr"], group["betas"], group["weight_decay"], player.turns) == (2e-4, (0.5, 0.999), 0, 1)
    assert stage.rounds == 2  # 25 passes through 6 pictures by 128
    assert staged(pairs_folder, "as-code", "width=2").players[0].optimizer.param_groups[0]["weight_decay"] == 1e-5
    assert sum(p.numel() for p in DCGANRecipe().generator().parameters()) == 18_885_760


def test_noise_is_uniform(pairs_folder: Path) -> None:
    stage, given = staged(pairs_folder, "smoke"), list[torch.Tensor]()
    stage.outcome.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    torch.manual_seed(1)
    stage.players[1].loss(next(stage.data))
    torch.manual_seed(1)
    assert torch.equal(given[0], 2 * torch.rand(4, 8) - 1)


def test_wgan_clips_its_critic_after_each_of_five_turns(pairs_folder: Path) -> None:
    stage = staged(pairs_folder, "wgan", "side=16", "width=2", "batch=4", "rounds=1")
    critic, generator = stage.players
    assert (critic.turns, generator.turns) == (5, 1)
    assert isinstance(critic.optimizer, RMSprop)
    list(train([stage]))
    assert max(p.abs().max().item() for p in critic.parameters) == pytest.approx(0.01)
    assert max(p.abs().max().item() for p in generator.parameters) > 0.02
    assert sum(p.numel() for p in resolve(RECIPES, "dcgan", "wgan").generator().parameters()) == 3_576_704


def test_wgan_gp_asks_what_the_paper_asks_of_pictures_from_minus_one_to_one(pairs_folder: Path) -> None:
    """With a score of ``slope`` times the sum of the signed picture the penalty is 10 (slope · sqrt(pixels) - 1)²."""
    stage = staged(pairs_folder, "mnist", "side=16", "width=2", "batch=4")
    critic = stage.players[0].net
    assert isinstance(critic, DCGANDiscriminator)
    assert [type(layer) for layer in critic.body] == [nn.Conv2d, nn.LeakyReLU] * 2 + [nn.Flatten, nn.Linear]
    critic.body = nn.Sequential(nn.Flatten(), nn.Linear(256, 1))
    nn.init.constant_(critic.body[1].weight, 0.5)
    batch = next(stage.data)
    torch.manual_seed(0)
    paid = stage.players[0].loss(batch).total
    torch.manual_seed(0)
    with torch.no_grad():
        fake = stage.outcome(torch.randn(4, 128))
        expected = (critic(fake) - critic(batch.image)).mean() + 10 * (0.5 * 16 - 1) ** 2
    assert paid.item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_nets_of_the_comparisons(pairs_folder: Path) -> None:
    made = {
        nets: (type(recipe.generator()), type(recipe.discriminator()))
        for nets in (("dcgan", "dcgan"), ("constant", "dcgan"), ("mlp", "dcgan"), ("mlp", "mlp"))
        for recipe in [DCGANRecipe(generator_net=nets[0], discriminator_net=nets[1], side=16, width=4, mlp_width=8)]
    }
    assert list(made.values()) == [
        (DCGANGenerator, DCGANDiscriminator),
        (DCGANGenerator, DCGANDiscriminator),
        (MLPGenerator, DCGANDiscriminator),
        (MLPGenerator, MLPDiscriminator),
    ]
    recipe = DCGANRecipe(generator_net="constant", design="wgan-gp", width=64, noise=128, norm=False)
    assert sum(p.numel() for p in recipe.generator().parameters()) == 444_291
    for changes in (("loss=minimax", "generator_net=mlp"), ("loss=wasserstein", "discriminator_net=mlp")):
        assert list(train([staged(pairs_folder, "smoke", *changes, "rounds=1")]))


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SettingsError, match="critic_norm must be layer or none"):
        resolve(RECIPES, "dcgan", "smoke", ["loss=wgan-gp"])
    resolve(RECIPES, "dcgan", "smoke", ["loss=wgan-gp", "critic_norm=layer"])
    with pytest.raises(SettingsError, match="power of two from 8 on, not 48"):
        resolve(RECIPES, "dcgan", None, ["side=48"])


def test_it_learns_the_colour_of_its_pictures(tmp_path: Path) -> None:
    from PIL import Image

    for number in range(4):
        Image.new("RGB", (16, 16), (230, 30, 128)).save(tmp_path / f"{number}.png")
    torch.manual_seed(0)
    stage = staged(tmp_path, "smoke", "rounds=60", "batch=16", "rate=0.002")
    list(train([stage]))
    with torch.inference_mode():
        colour = stage.outcome.eval()(2 * torch.rand(32, 8) - 1).mean((0, 2, 3))
    assert (colour - torch.tensor([230, 30, 128]) / 255).abs().max() < 0.25


def test_its_model_makes_pictures_of_digits(digit_files: Path, tmp_path: Path) -> None:
    recipe = resolve(RECIPES, "dcgan", "mnist", ["width=2", "batch=4", "rounds=2", "turns=1"])
    product = load(train_into(tmp_path / "run", recipe, digit_files, Settings(device="cpu")))
    assert product.card.task == "generate"
    assert product.net(torch.randn(3, 128)).shape == (3, 1, 32, 32)
    with pytest.raises(WeightsError, match="made to generate"):
        Model(product, device="cpu")
