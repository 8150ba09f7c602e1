"""A small enlarger as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

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
