"""spandrel at the door: with a stand-in for it always, with itself where it is installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import pytest
import torch

from ganvas.foreign import ForeignError, recognise
from ganvas.foreign.community import CommunityNet

UNKNOWN = {"some.layer.weight": torch.zeros(2, 2)}


class Descriptor:
    """As much of spandrel's ImageModelDescriptor as is used: here a net that doubles grey pictures."""

    def __init__(self, purpose: str = "SR", input_channels: int = 1) -> None:
        self.model = torch.nn.Upsample(scale_factor=2)
        self.architecture = SimpleNamespace(name="Doubler")
        self.purpose, self.scale = purpose, 2
        self.input_channels = self.output_channels = input_channels
        self.size_requirements = SimpleNamespace(multiple_of=8)

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        assert image.shape[1] == self.input_channels
        return self.model(image)


class NotKnownError(Exception):
    pass


def stand_in(monkeypatch: pytest.MonkeyPatch, found: Descriptor | Exception) -> None:
    def answer(state: object) -> Descriptor:
        if isinstance(found, Exception):
            raise found
        return found

    module = ModuleType("spandrel")
    module.__dict__.update(
        canonicalize_state_dict=dict,
        ModelLoader=lambda: SimpleNamespace(load_from_state_dict=answer),
        UnsupportedModelError=NotKnownError,
        ImageModelDescriptor=Descriptor,
    )
    monkeypatch.setitem(sys.modules, "spandrel", module)


def test_a_net_for_grey_gives_rgb(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Descriptor())
    found = recognise(UNKNOWN)
    assert (found.kind, found.scale, found.receptive_field, found.multiple) == ("Doubler", 2, 113, 8)
    low = torch.rand(1, 3, 2, 3)
    high = torch.nn.functional.interpolate(low.mean(1, keepdim=True), scale_factor=2)
    assert torch.equal(found.net(low), high.expand(1, 3, 4, 6))


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (NotKnownError(), "neither to Ganvas nor to spandrel"),
        (KeyError("conv"), "neither to Ganvas nor to spandrel"),
        (Descriptor("FaceSR"), "it is a Doubler, which is not made for whole pictures but for FaceSR"),
        (Descriptor(input_channels=4), "does not map RGB or grey"),
    ],
)
def test_what_is_refused(found: Descriptor | Exception, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, found)
    with pytest.raises(ForeignError, match=sentence):
        recognise(UNKNOWN)


def test_without_spandrel_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)
    with pytest.raises(ForeignError, match=r"pip install 'ganvas\[community\]'"):
        recognise(UNKNOWN)
    assert not any(name.startswith("torchvision") for name in sys.modules)


@pytest.mark.skipif(find_spec("spandrel") is None, reason="the extra community is not installed")
def test_spandrel_itself() -> None:
    """A layout that only spandrel knows: RealPLKSR, with the weights it starts with."""
    from ganvas.foreign.community import community

    with pytest.raises(ForeignError, match="neither to Ganvas nor to spandrel"):
        recognise(UNKNOWN)
    assert "torchvision" not in sys.modules
    from spandrel.architectures.PLKSR import RealPLKSR

    torch.manual_seed(0)
    net = RealPLKSR(dim=8, n_blocks=2, kernel_size=5, upscaling_factor=2, dysample=False)
    found = community({"params_ema": net.state_dict()})
    low = torch.rand(1, 3, 9, 7)
    assert isinstance(found, CommunityNet)
    assert torch.equal(found(low), net.eval()(low).clamp(0, 1))
