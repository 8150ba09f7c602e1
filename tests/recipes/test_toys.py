"""GANs on points of the plane: the papers' numbers, a critic within its bounds, and turns that warm it up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, RMSprop

from ganvas.data.batches import Images
from ganvas.data.synthetic import DIVISORS
from ganvas.game import Player, Stage
from ganvas.losses.adversarial import Wasserstein, WassersteinGP
from ganvas.objectives.generation import Generation
from ganvas.objectives.unrolled import Unrolled
from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.gan import GANRecipe
from ganvas.recipes.unrolled import UnrolledRecipe
from ganvas.recipes.wgan import WGANRecipe
from ganvas.recipes.wgan_gp import WGANGPRecipe
from ganvas.report.preview import preview_of
from ganvas.training import train

TOYS = ("gan", "unrolled", "wgan", "wgan-gp")


def stage_of(name: str, preset: str | None = None, settings: Sequence[str] = ()) -> Stage[Any]:
    torch.manual_seed(0)
    (stage,) = resolve(RECIPES, name, preset, settings).stages(None)
    return stage


def player(stage: Stage[Any], name: str) -> Player[Any]:
    return next(each for each in stage.players if each.name == name)


def widths(net: nn.Module) -> list[int]:
    layers = [layer for layer in net.modules() if isinstance(layer, nn.Linear)]
    return [layers[0].in_features, *(layer.out_features for layer in layers)]


def objective(stage: Stage[Any]) -> Any:
    return player(stage, "generator").loss.__self__  # pyright: ignore


@pytest.mark.parametrize("name", ["gan", "unrolled"])
def test_the_appendix(name: str) -> None:
    stage = stage_of(name)
    generator, discriminator = (player(stage, side) for side in ("generator", "discriminator"))
    assert widths(generator.net) == [256, 128, 128, 2]
    assert widths(discriminator.net) == [2, 128, 1]
    assert torch.equal(discriminator.net[0](torch.ones(1, 2)), torch.full((1, 2), 0.25))  # pyright: ignore
    for each in (generator, discriminator):
        assert isinstance(each.optimizer, Adam)
        assert (each.optimizer.defaults["lr"], each.optimizer.defaults["betas"][0]) == (1e-4, 0.5)
    batch: Images = next(stage.data)
    assert (stage.rounds, batch.image.shape) == (25_000, (512, 2))
    assert batch.image.norm(dim=1).mean().item() == pytest.approx(2, abs=0.01)


def test_the_generator_looks_ten_steps_ahead_by_the_discriminators_own_adam() -> None:
    stage = stage_of("unrolled")
    game = objective(stage)
    assert isinstance(game, Unrolled)
    assert stage.simultaneous
    assert (game.steps, game.second_order) == (10, True)
    assert game.optimizer is player(stage, "discriminator").optimizer
    plain = objective(stage_of("unrolled", None, ["inner=sgd", "second_order=false"]))
    assert isinstance(plain.optimizer, SGD)
    assert not plain.second_order
    with pytest.raises(SettingsError, match="steps"):
        resolve(RECIPES, "unrolled", None, ["steps=-1"])


def test_the_notebook() -> None:
    stage = stage_of("unrolled", "notebook")
    discriminator = player(stage, "discriminator")
    assert widths(discriminator.net) == [2, 128, 128, 1]
    assert any(isinstance(layer, nn.Tanh) for layer in discriminator.net.modules())
    rates = {each.name: each.optimizer.defaults["lr"] for each in stage.players}
    assert rates == {"generator": 1e-3, "discriminator": 1e-4}
    assert objective(stage).steps == 5
    points = next(stage.data).image
    assert points.norm(dim=1).mean().item() == pytest.approx(1, abs=0.005)
    assert points.norm(dim=1).std().item() == pytest.approx(0.01, rel=0.15)


def test_the_critic_of_wgan() -> None:
    stage = stage_of("wgan")
    critic = player(stage, "discriminator")
    assert [each.name for each in stage.players] == ["discriminator", "generator"]
    assert (critic.turns, widths(critic.net)) == (5, [2, 128, 128, 128, 1])
    assert widths(player(stage, "generator").net) == [256, 128, 128, 128, 2]
    assert isinstance(critic.optimizer, RMSprop)
    assert (critic.optimizer.defaults["lr"], critic.optimizer.defaults["momentum"]) == (5e-5, 0)
    assert objective(stage).adversarial == Wasserstein()
    assert next(stage.data).image.norm(dim=1).mean().item() == pytest.approx(2 / 1.414, abs=0.01)


def test_the_toy_of_wgan_gp() -> None:
    stage = stage_of("wgan-gp")
    critic = player(stage, "discriminator")
    assert isinstance(objective(stage), Generation)
    assert objective(stage).adversarial == WassersteinGP(0.1)
    assert widths(critic.net) == [2, 512, 512, 512, 1]
    assert widths(player(stage, "generator").net) == [2, 512, 512, 512, 2]
    assert (critic.turns, critic.optimizer.defaults["betas"], stage.rounds) == (5, (0.5, 0.9), 100_000)


def test_every_weight_of_the_critic_is_clipped_and_none_of_the_generator() -> None:
    stage = stage_of("wgan", "smoke", ["clip=0.003", "rounds=2"])
    largest = {
        played.number: {each.name: max(p.abs().max().item() for p in each.net.parameters()) for each in stage.players}
        for played in train([stage])
    }
    assert [each["discriminator"] for each in largest.values()] == pytest.approx([0.003] * 2)
    assert all(each["generator"] > 0.1 for each in largest.values())


def test_the_authors_let_the_critic_warm_up() -> None:
    stage = stage_of("wgan", "as-code")
    turns: dict[int, int] = {}
    for number in (0, 24, 25, 499, 500, 501, 1000, 1001):
        for schedule in stage.schedules:
            schedule(number)
        turns[number] = player(stage, "discriminator").turns
    assert turns == {0: 100, 24: 100, 25: 5, 499: 5, 500: 100, 501: 5, 1000: 100, 1001: 5}
    assert not stage_of("wgan").schedules


def test_a_warm_critic_has_had_its_turns() -> None:
    stage = stage_of("wgan", "smoke", ["warm_up=true", "rounds=1"])
    list(train([stage]))
    assert stage.data.position == 100


def test_the_optimiser_that_the_first_paper_names() -> None:
    stage = stage_of("gan", "smoke", ["optimizer=sgd-momentum", "rate=0.1", "momentum=0.7"])
    for each in stage.players:
        assert isinstance(each.optimizer, SGD)
        assert (each.optimizer.defaults["lr"], each.optimizer.defaults["momentum"]) == (0.1, 0.7)


@pytest.mark.parametrize("name", TOYS)
@pytest.mark.parametrize("data", ["grid", "swiss-roll"])
def test_other_points(name: str, data: str, tmp_path: Path) -> None:
    settings = [f"data={data}", "rounds=1", "divide=3.0"]
    recipe = resolve(RECIPES, name, "smoke", settings)
    assert isinstance(recipe, GANRecipe | UnrolledRecipe | WGANRecipe | WGANGPRecipe)
    preview = preview_of(tmp_path, recipe, None)
    assert preview is not None
    for played in train(recipe.stages(None)):
        preview(played)
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [f"stage-000-round-0000001-{name}.png" for name in ("answers", "points")]
    whole = resolve(RECIPES, name, "smoke", [f"data={data}", "divide=1.0"])
    assert isinstance(whole, type(recipe))
    ratio = whole.points(50).batch(0).image / recipe.points(50).batch(0).image
    assert torch.allclose(ratio, torch.tensor(3.0), rtol=1e-4)


def test_wasserstein_toys_are_divided_as_in_the_code_whatever_they_are() -> None:
    for name in ("wgan", "wgan-gp"):
        for data, by in DIVISORS.items():
            own, whole = (
                resolve(RECIPES, name, "smoke", [f"data={data}", *extra]).points(50).batch(0).image  # pyright: ignore
                for extra in ([], ["divide=1.0"])
            )
            assert torch.allclose(own * by, whole, atol=1e-4)
