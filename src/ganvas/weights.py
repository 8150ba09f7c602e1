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
from ganvas.foreign import ENDINGS, ForeignError, flat, read_checkpoint, recognise
from ganvas.recipes import RECIPES, Recipe, build

FOREIGN = "foreign"
"""The recipe on the cards of nets that others trained: which net it is, the tensors tell."""


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
    whole: bool = False
    """Whether the net has to see a picture at once, however large."""
    blended: int = 0
    """By how many pixels tiles are to fade into each other, where what a net makes of each is its own; 0: they fit."""
    statistical: bool = False
    """Whether what a tile becomes depends on means over all of it: the larger the tiles, the better."""
    multiple: int = 1
    """Tiles must begin at multiples of this many input pixels, where the net folds them into channels or windows."""
    range: str = "RGB in [0, 1], NCHW"
    reduction: Reduction | None = None
    """How the low-resolution pictures were made in training: the net inverts just that."""
    parameters: int
    data: str = ""
    licence: str = ""
    figures: dict[str, Any] = {}
    blend: str = ""
    """Which models were mixed, and in which shares."""

    @property
    def looking(self) -> bool:
        """Whether the net looks at a picture before it works on it, at sizes and in numbers that only torch has."""
        return self.whole or self.blended > 0

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
    store_tensors(path, net.state_dict(), card)


def store_tensors(path: Path, tensors: Mapping[str, torch.Tensor], card: Card) -> None:
    """The same with the state of the net."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    scratch = path.with_name(f".{path.name}.partial")
    scratch.write_bytes(save(plain, metadata={"ganvas": card.model_dump_json()}))
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
        whole=getattr(recipe.deployed(net), "whole", False),
        blended=getattr(recipe.deployed(net), "blended", 0),
        statistical=any(_statistical(layer) for layer in net.modules()),
        multiple=getattr(net, "multiple", 1),
        parameters=sum(parameter.numel() for parameter in net.parameters()),
    )
    return card.model_copy(update=facts)


def _statistical(layer: nn.Module) -> bool:
    kinds = nn.InstanceNorm2d, nn.BatchNorm2d
    return isinstance(layer, kinds) and not layer.track_running_stats


def load(source: str | Path) -> Product:
    """The model ``source``: a bundled name such as ``fidelity-x4``, a file made by Ganvas, or one of others.

    Of others there are official ESRGAN and Real-ESRGAN checkpoints (``.pth``, ``.safetensors``, and ncnn's ``.param``
    with its ``.bin`` beside it); the extra ``community`` opens nearly everything else.
    """
    path = _located(source)
    if path.suffix.lower() in ENDINGS:
        return _introduced(path, read_checkpoint(path))
    metadata, tensors = _opened(path)
    if "ganvas" not in metadata:
        return _introduced(path, tensors)
    card = _card(path, metadata)
    return _introduced(path, tensors, card) if card.recipe == FOREIGN else _rebuilt(path, tensors, card)


def card_of(source: str | Path) -> Card:
    """The card of the model ``source``, without building its net if Ganvas made it."""
    path = _located(source)
    metadata = {} if path.suffix.lower() in ENDINGS else _opened(path)[0]
    return _card(path, metadata) if "ganvas" in metadata else load(path).card


def tensors_of(source: str | Path) -> Mapping[str, torch.Tensor]:
    """The weights of the model ``source``, named as its file names them."""
    path = _located(source)
    return flat(path) if path.suffix.lower() in ENDINGS else _opened(path)[1]


def _introduced(path: Path, checkpoint: Mapping[str, Any], card: Card | None = None) -> Product:
    """The model of others that ``path`` holds, with a card that says what can be known, where it has none yet."""
    try:
        found = recognise(checkpoint)
    except ForeignError as error:
        raise ForeignError(f"{path} was not made by Ganvas: {error}") from None
    unknown = "of its authors, not stated in the file"
    own = Card(
        name=path.stem,
        recipe=FOREIGN,
        fields={"net": found.kind},
        scale=found.scale,
        receptive_field=found.receptive_field,
        multiple=found.multiple,
        parameters=sum(parameter.numel() for parameter in found.net.parameters()),
        data=unknown,
        licence=unknown,
    )
    return Product(found.net.eval().requires_grad_(False), card or own)


def _rebuilt(path: Path, tensors: Mapping[str, torch.Tensor], card: Card) -> Product:
    if card.recipe not in RECIPES:
        raise WeightsError(f"{path} was made by the recipe {card.recipe!r}, which this version of Ganvas does not know")
    recipe = build(RECIPES[card.recipe], card.fields)
    net = recipe.generator()
    try:
        net.load_state_dict(tensors)
    except RuntimeError:
        raise WeightsError(f"the weights in {path} do not fit the net that its card describes") from None
    return Product(recipe.deployed(net).eval().requires_grad_(False), card)


def _located(source: str | Path) -> Path:
    if str(source) in bundled():
        return Path(str(files("ganvas.models").joinpath(f"{source}.safetensors")))
    path = Path(source)
    if not path.is_file():
        raise WeightsError(f"there is no model {str(source)!r}: give a file, or one of {', '.join(bundled())}")
    return path


def _opened(path: Path) -> tuple[Mapping[str, str], Mapping[str, torch.Tensor]]:
    """The metadata and the tensors of a safetensors file."""
    try:
        with safe_open(path, framework="pt") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a whole safetensors file: {error}") from None


def _card(path: Path, metadata: Mapping[str, str]) -> Card:
    try:
        return Card(**json.loads(metadata["ganvas"]))
    except (ValidationError, json.JSONDecodeError):
        raise WeightsError(f"the card in {path} cannot be read: it was made by another version of Ganvas") from None
