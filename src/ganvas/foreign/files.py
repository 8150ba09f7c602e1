"""The files in which others keep their models."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ganvas.foreign.ncnn import read_ncnn
from ganvas.foreign.refusal import ForeignError
from ganvas.nets.foreign import State, unwrapped

PICKLES = (".pth", ".pt", ".ckpt")
ENDINGS = (*PICKLES, ".param")
"""How the names of such files end; a safetensors file of others is known by having no card."""


def read_checkpoint(path: Path) -> Mapping[str, Any]:
    """The table of tensors in ``path``, which may lie within further tables: ``params_ema`` and the like.

    A pickle can hold code. Only one that holds tensors and plain values is read, any other refused with
    :class:`ForeignError`.
    """
    if path.suffix.lower() not in PICKLES:
        return read_ncnn(path)
    try:
        content: object = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, KeyError, ValueError):
        raise ForeignError(
            f"{path} is damaged, or more than a table of tensors: it could run code of its own, so it is not opened"
        ) from None
    if not isinstance(content, Mapping):
        raise ForeignError(f"{path} holds no table of tensors: it is not the weights of a net")
    return {str(key): value for key, value in content.items()}


def flat(path: Path) -> State:
    """The tensors in ``path`` alone, as it names them."""
    try:
        return unwrapped(read_checkpoint(path))
    except ValueError as error:
        raise ForeignError(f"{path}: {error}") from None
