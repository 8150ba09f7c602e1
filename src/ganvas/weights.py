"""A product on disk: one safetensors file that holds the weights and, as its metadata, the card that explains them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from ganvas.degrade import Reduction
from ganvas.errors import GanvasError
from ganvas.recipes import RECIPES, Recipe, build


class WeightsError(GanvasError):
    """A model that cannot be found or understood; the message is one sentence for the user."""


class Card(BaseModel):
    """What a model is: the recipe that made it, what it saw, what it reached and under which licence it may be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    recipe: str
    fields: dict[str, Any]
    task: str = "enlarge"
    scale: int = 1
    receptive_field: int
    """The side, in input pixels, of the square that one output pixel depends on: tiles must overlap by half of it."""
    range: str = "RGB in [0, 1], NCHW"
    reduction: Reduction | None = None
    """How the low-resolution pictures were made in training: the net inverts just that."""
    parameters: int
    data: str = ""
    licence: str = ""
    figures: dict[str, Any] = {}

    @property
    def margin(self) -> int:
        """By how many input pixels a tile must reach beyond what it is to produce."""
        return self.receptive_field // 2


@dataclass(frozen=True)
class Product:
    """A trained net, ready to use on RGB pictures: in eval mode, without gradients."""

    net: nn.Module
    card: Card


def bundled() -> list[str]:
    """The names of the models that come with the package."""
    return sorted(
        path.name.removesuffix(".safetensors")
        for path in files("ganvas.models").iterdir()
        if path.name.endswith(".safetensors")
    )


def store(path: Path, net: nn.Module, card: Card) -> None:
    """Writes ``net`` and ``card`` to ``path``, atomically."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in net.state_dict().items()}
    scratch = path.with_name(f".{path.name}.partial")
    scratch.write_bytes(save(tensors, metadata={"ganvas": card.model_dump_json()}))
    os.replace(scratch, path)


def describe(recipe: Recipe, net: nn.Module, **facts: Any) -> Card:
    """The card of ``net``, made by ``recipe``; ``facts`` are further fields of the card."""
    card = Card(
        name=recipe.name,
        recipe=recipe.name,
        task=recipe.task,
        fields=recipe.model_dump(mode="json", exclude_defaults=True),
        scale=getattr(recipe, "scale", 1),
        reduction=getattr(recipe, "reduction", None),
        receptive_field=getattr(net, "receptive_field", 1),
        parameters=sum(parameter.numel() for parameter in net.parameters()),
    )
    return card.model_copy(update=facts)


def load(source: str | Path) -> Product:
    """The model ``source``: a bundled name such as ``fidelity-x4``, or a safetensors file made by Ganvas."""
    path = _located(source)
    card, tensors = _opened(path)
    if card.recipe not in RECIPES:
        raise WeightsError(
            f"{source} was made by the recipe {card.recipe!r}, which this version of Ganvas does not know"
        )
    recipe = build(RECIPES[card.recipe], card.fields)
    net = recipe.generator()
    try:
        net.load_state_dict(tensors)
    except RuntimeError:
        raise WeightsError(f"the weights in {source} do not fit the net that its card describes") from None
    return Product(recipe.deployed(net).eval().requires_grad_(False), card)


def card_of(source: str | Path) -> Card:
    """The card of the model ``source``, without building its net."""
    return _opened(_located(source))[0]


def _located(source: str | Path) -> Path:
    if str(source) in bundled():
        return Path(str(files("ganvas.models").joinpath(f"{source}.safetensors")))
    path = Path(source)
    if not path.is_file():
        raise WeightsError(f"there is no model {str(source)!r}: give a file, or one of {', '.join(bundled())}")
    return path


def _opened(path: Path) -> tuple[Card, Mapping[str, torch.Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a whole safetensors file: {error}") from None
    if "ganvas" not in metadata:
        raise WeightsError(f"{path} carries no card: it was not made by Ganvas")
    try:
        return Card(**json.loads(metadata["ganvas"])), tensors
    except (ValidationError, json.JSONDecodeError):
        raise WeightsError(f"the card in {path} cannot be read: it was made by another version of Ganvas") from None
