"""One file a paper: its numbers, its nets, its stages. The table below is all there is; nothing registers itself."""

from __future__ import annotations

from collections.abc import Mapping

from ganvas.recipes.compact import CompactRecipe
from ganvas.recipes.espcn import ESPCNRecipe
from ganvas.recipes.gan import GANRecipe
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.settings import SettingsError, build, describe_settings, find, resolve

RECIPES: Mapping[str, type[Recipe]] = {kind.name: kind for kind in (CompactRecipe, ESPCNRecipe, GANRecipe)}

__all__ = ["RECIPES", "Paper", "Recipe", "SettingsError", "build", "describe_settings", "find", "resolve"]
