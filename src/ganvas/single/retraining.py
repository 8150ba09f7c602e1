"""Paint-to-image with few colours: the level that the painting enters learns once more, on pictures of such colours."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from ganvas.data.batches import Images
from ganvas.game import Round, Stage
from ganvas.nets.pyramid import Pyramid
from ganvas.nets.singan import SinGANCritic, SinGANGenerator
from ganvas.recipes import RECIPES, build
from ganvas.recipes.singan import SinGANRecipe
from ganvas.single.quantise import Clustered, palette, recoloured
from ganvas.single.trained import SingleError, checked, seeded
from ganvas.training import train
from ganvas.weights import card_of, store


def recipe_of(model: str | Path) -> SinGANRecipe:
    """The recipe by which the trained photo in the file ``model`` was learnt."""
    card = card_of(model)
    recipe = build(RECIPES[card.recipe], card.fields) if card.recipe in RECIPES else None
    if not isinstance(recipe, SinGANRecipe):
        raise SingleError(f"{model} holds no trained photo (its recipe is {card.recipe})")
    return recipe


def retrained(
    pyramid: Pyramid,
    recipe: SinGANRecipe,
    level: int,
    rounds: int,
    quantise: Clustered = "rgb",
    seed: int = 0,
    watch: Callable[[Round], None] = lambda played: None,
) -> Pyramid:
    """``pyramid`` with another net at ``level``, one that makes the photo of pictures in the photo's main colours.

    It learns for ``rounds`` rounds by ``recipe``, from the start; ``pyramid`` stays as it is, as do the other
    levels. ``watch`` sees every round.
    """
    if rounds < 1:
        raise SingleError(f"a level cannot be trained for {rounds} rounds: give 1 or more")
    checked(pyramid, level, first=1)
    result = copy.deepcopy(pyramid)
    with seeded(pyramid, seed), torch.enable_grad():
        lesson = stage(result, recipe, level, rounds, quantise)
        for played in train([lesson]):
            watch(played)
    taught = lesson.outcome
    assert isinstance(taught, Pyramid)
    result.levels[level] = taught.levels[level].cpu().to(result.photo.device)
    result.freeze()
    return result


def stage(pyramid: Pyramid, recipe: SinGANRecipe, level: int, rounds: int, quantise: Clustered) -> Stage[Images]:
    """The training of ``level`` anew; its outcome is a pyramid of the levels up to that one.

    What comes from below, for the fakes and for the reconstruction, is brought to the centres of the photo's colours at
    this level, as the authors' code has it. The strength of the noise stays.
    """
    centres = palette(pyramid.real(level), quantise)

    def few(image: torch.Tensor) -> torch.Tensor:
        return recoloured(image, centres.to(image.device), quantise)

    lower = _upto(pyramid, recipe, level)
    critic = SinGANCritic(recipe._widths(level), recipe.kernel)
    with torch.no_grad():
        anchor = few(recipe.entering(lower, level, "rec"))
    game = recipe._game(lower, critic, anchor)
    drawn = game.previous
    game = replace(game, previous=lambda: few(drawn()))
    milestones = [number * rounds // recipe.rounds for number in recipe.milestones]
    batch = Images(pyramid.real(level))
    return recipe._lesson(f"level {level} anew", game, (lower, critic), batch, rounds, milestones)


def _upto(pyramid: Pyramid, recipe: SinGANRecipe, level: int) -> Pyramid:
    """A copy with the levels below ``level``, frozen, and a new net there."""
    lower = copy.deepcopy(pyramid)
    lower.levels, lower.amplitudes = lower.levels[:level], lower.amplitudes[:level]
    lower.freeze()
    lower.grow(SinGANGenerator(recipe._widths(level), recipe.kernel), pyramid.amplitudes[level].item())
    return lower


def keep(path: Path, pyramid: Pyramid, model: str | Path, level: int, rounds: int, quantise: Clustered) -> None:
    """Writes to ``path`` what :func:`retrained` made of ``model``, whose card it gets, with what was done to it."""
    check(path)
    card, done = card_of(model), {"level": level, "rounds": rounds, "quantise": quantise}
    store(path, pyramid, card.model_copy(update={"figures": {**card.figures, "retrained": done}}))


def check(path: Path) -> None:
    """Raises :class:`SingleError` if no model can be written to ``path``: to be asked before the work."""
    if path.suffix != ".safetensors":
        raise SingleError(f"{path} would be a trained photo: give it a name that ends in .safetensors")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise SingleError(f"{path} cannot be written: it is a folder, or the folder {path.parent} does not exist")
