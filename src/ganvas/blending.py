"""Network interpolation: between a faithful and a vivid net, by the numbers in them (Wang et al. 2018, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from ganvas.errors import GanvasError
from ganvas.weights import Card, load, store_tensors, tensors_of

State = Mapping[str, torch.Tensor]


class BlendError(GanvasError):
    """Models that cannot be blended; the message is one sentence for the user."""


def blend(first: str | Path, second: str | Path, alpha: float, path: Path) -> Card:
    """Writes the model θ = (1 - ``alpha``) · θ_first + ``alpha`` · θ_second to ``path`` and returns its card.

    ``alpha`` is within [0, 1]; at 0 and at 1 the weights are those of one model, bit for bit. Raises
    :class:`BlendError` unless both are the same net.
    """
    if not 0 <= alpha <= 1:
        raise BlendError(f"alpha is the share of the second model, from 0 to 1, not {alpha:g}")
    if path.suffix != ".safetensors":
        raise BlendError(f"{path} would be a safetensors file: give it a name that ends in .safetensors")
    if not path.parent.is_dir():
        raise BlendError(f"{path} cannot be written: there is no folder {path.parent}")
    one, other = load(first), load(second)
    weights = tensors_of(first), tensors_of(second)
    # Equal shapes do not make nets equal: their layers with their numbers, as printed, must be too.
    if str(one.net) != str(other.net) or _shapes(weights[0]) != _shapes(weights[1]):
        raise BlendError(f"{first} and {second} are not the same net: only weights that correspond can be blended")
    card = _mixed(one.card, other.card, path.stem, f"{1 - alpha:g} of {first}, {alpha:g} of {second}")
    store_tensors(path, interpolated(*weights, alpha), card)
    return card


def interpolated(first: State, second: State, alpha: float) -> State:
    """(1 - ``alpha``) · ``first`` + ``alpha`` · ``second``, tensor by tensor; counters are those of ``first``.

    >>> interpolated({"weight": torch.tensor(2.0)}, {"weight": torch.tensor(6.0)}, 0.25)["weight"]
    tensor(3.)
    """
    if alpha in (0, 1):  # not left to the formula, which would change the sign of zeros
        return (first, second)[int(alpha)]
    return {
        name: tensor.lerp(second[name].to(tensor.dtype), alpha) if tensor.is_floating_point() else tensor
        for name, tensor in first.items()
    }


def _shapes(tensors: State) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def _mixed(first: Card, second: Card, name: str, shares: str) -> Card:
    """The card of ``first`` with what belongs to both."""
    data, licence = (
        one if one == other else f"{first.name}: {one}; {second.name}: {other}"
        for one, other in ((first.data, second.data), (first.licence, second.licence))
    )
    reduction = first.reduction if first.reduction == second.reduction else None
    facts = {"name": name, "data": data, "licence": licence, "reduction": reduction, "figures": {}, "blend": shares}
    return first.model_copy(update=facts)
