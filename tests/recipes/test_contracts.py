"""What every recipe keeps to, so that a new one is tested by being listed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from ganvas.recipes import RECIPES, Recipe, resolve
from ganvas.training import train
from ganvas.weights import describe, load, store

PAGES = Path(__file__).resolve().parents[2]


@pytest.fixture(params=sorted(RECIPES))
def recipe(request: pytest.FixtureRequest) -> Recipe:
    return resolve(RECIPES, request.param, "smoke")


def play(recipe: Recipe, readable: dict[str, object]) -> torch.nn.Module:
    torch.manual_seed(0)
    last = None
    for last in train(recipe.stages(readable[recipe.reading])):
        assert all(math.isfinite(value) for terms in last.result.values() for value in terms.values())
    assert last is not None
    return last.stage.outcome


def test_smoke_plays_and_every_player_learns(recipe: Recipe, readable: dict[str, object]) -> None:
    torch.manual_seed(0)
    net = recipe.generator()
    fresh = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    made = play(recipe, readable).state_dict()
    net.load_state_dict(made)  # a pyramid grows its levels with that
    assert made.keys() == net.state_dict().keys() >= fresh.keys()
    assert any(not torch.equal(made[key], fresh[key]) for key in fresh)


def test_weights_make_the_round_trip(recipe: Recipe, readable: dict[str, object], tmp_path: Path) -> None:
    net = play(recipe, readable).eval()
    path = tmp_path / "model.safetensors"
    store(path, net, describe(recipe, net))
    product = load(path)
    assert RECIPES[product.card.recipe](**product.card.fields) == recipe
    own = product.net.state_dict()
    for key, tensor in net.state_dict().items():
        assert any(torch.equal(tensor, other) for name, other in own.items() if name.endswith(key)), key


def test_presets_are_recipes(recipe: Recipe) -> None:
    assert "smoke" in recipe.presets
    for preset in recipe.presets:
        resolve(RECIPES, recipe.name, preset)


def test_every_recipe_has_its_paper_and_its_line_in_the_readme(recipe: Recipe) -> None:
    assert 1980 < recipe.paper.year < 2100
    assert recipe.paper.link.startswith(("arXiv:", "https://"))
    assert f"`{recipe.name}`" in (PAGES / "README.md").read_text(encoding="utf-8")
