"""Small models as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ganvas.recipes import RECIPES, build
from ganvas.recipes.compact import CompactRecipe
from ganvas.weights import describe, store


@pytest.fixture(scope="session")
def bicubic_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An untrained Compact of scale 2, which is bicubic interpolation, as a model's file."""
    recipe = CompactRecipe(scale=2, width=4, depth=1)
    net = recipe.generator()
    path: Path = tmp_path_factory.mktemp("model") / "small.safetensors"
    store(path, net, describe(recipe, net))
    return str(path)


@pytest.fixture(scope="session")
def model_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Makes a model's file of a recipe's smoke preset: its weights lie ``spread`` from where training begins."""

    def made(name: str, *, spread: float = 0.05, **fields: object) -> str:
        recipe = build(RECIPES[name], {**RECIPES[name].presets["smoke"], **fields})
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            net = recipe.generator()
            for parameter in net.parameters():
                parameter.data += spread * torch.randn_like(parameter)
        path: Path = tmp_path_factory.mktemp(name) / "model.safetensors"
        store(path, net, describe(recipe, net))
        return str(path)

    return made
