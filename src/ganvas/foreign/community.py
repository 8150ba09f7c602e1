"""Every other net of the field, recognised by spandrel (https://github.com/chaiNNer-org/spandrel) where it is there."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import torch
from torch import nn

from ganvas.foreign.refusal import ForeignError

TORCHVISION = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")


class CommunityNet(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W) in [0, 1], by the net in spandrel's ``descriptor``.

    Sides that the net cannot take are filled up; a net for grey pictures sees and makes their mean.
    """

    def __init__(self, descriptor: Any) -> None:
        super().__init__()
        self.net: nn.Module = descriptor.model
        self.descriptor = descriptor

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        seen = low.mean(dim=1, keepdim=True) if self.descriptor.input_channels == 1 else low
        return self.descriptor(seen).expand(-1, 3, -1, -1)


def community(state: Mapping[str, Any]) -> CommunityNet:
    """The net that ``state`` belongs to, with its weights; raises :class:`ForeignError` where there is none."""
    try:
        with _torchvision_stubbed():
            spandrel = import_module("spandrel")
    except ImportError:
        raise ForeignError(
            "it is no ESRGAN, Real-ESRGAN or SRVGGNet, and for other nets spandrel is needed:"
            " pip install 'ganvas[community]'"
        ) from None
    table = spandrel.canonicalize_state_dict(dict(state))
    try:
        found = spandrel.ModelLoader().load_from_state_dict(table)
    except (spandrel.UnsupportedModelError, RuntimeError, LookupError, ValueError, TypeError, AttributeError):
        raise ForeignError("its layout is known neither to Ganvas nor to spandrel") from None
    return CommunityNet(_fit(spandrel, found))


def _fit(spandrel: ModuleType, found: Any) -> Any:
    """``found`` again where it maps any picture to a picture."""
    kind = found.architecture.name
    if not isinstance(found, spandrel.ImageModelDescriptor) or found.purpose not in ("SR", "Restoration"):
        raise ForeignError(f"it is a {kind}, which is not made for whole pictures but for {found.purpose}")
    if {found.input_channels, found.output_channels} - {1, 3}:
        raise ForeignError(f"it is a {kind} that does not map RGB or grey pictures to the same")
    return found


@contextmanager
def _torchvision_stubbed() -> Generator[None]:
    """While spandrel is imported: it wants three names of torchvision, for nets that :func:`_fit` refuses."""
    if TORCHVISION[0] in sys.modules:
        yield
        return
    stubs = [ModuleType(name) for name in TORCHVISION]
    stubs[-1].__dict__.update(normalize=None, rotate=None, InterpolationMode=None)
    sys.modules.update(zip(TORCHVISION, stubs, strict=True))
    try:
        yield
    finally:
        for name in TORCHVISION:
            del sys.modules[name]
