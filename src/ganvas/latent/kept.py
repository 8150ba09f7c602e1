"""What was learnt about a generator's codes, in files beside its model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save

from ganvas.latent.model import LatentError
from ganvas.replacing import replacing


def check(path: Path) -> None:
    """Refuses what cannot become a file: to be asked before the work."""
    if path.suffix != ".safetensors":
        raise LatentError(f"{path} would be a safetensors file: give it a name that ends in .safetensors")
    if not path.absolute().parent.is_dir():
        raise LatentError(f"{path} cannot be written: there is no folder {path.parent}")


def put(path: Path, tensors: Mapping[str, torch.Tensor], said: dict[str, str]) -> None:
    """Writes ``tensors`` and what is ``said`` of them to ``path``; it is whole or not there."""
    check(path)
    try:
        with replacing(path) as scratch:
            scratch.write_bytes(save({name: tensor.contiguous() for name, tensor in tensors.items()}, said))
    except OSError as error:
        raise LatentError(f"{path} cannot be written: {error.strerror or error}") from None
