"""Training in bfloat16 is the same training, to within its rounding, with the kernels laid out as it is fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric

from ganvas.game import Round
from ganvas.recipes import RECIPES, resolve
from ganvas.training import train


def played(name: str, readable: Mapping[str, object], precision: Any) -> list[Round]:
    recipe = resolve(RECIPES, name, "smoke", ())
    torch.manual_seed(0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    return list(train(recipe.stages(readable[recipe.reading]), None, fabric))


@pytest.mark.parametrize("name", ["compact", "sharp", "singan", "pix2pix", "cyclegan"])
def test_bf16_begins_as_fp32_does(name: str, readable: Mapping[str, object]) -> None:
    exact, rounded = (played(name, readable, precision)[0].result for precision in ("32-true", "bf16-mixed"))
    for player, terms in exact.items():
        assert rounded[player] == pytest.approx(terms, rel=0.02, abs=0.005)
    assert rounded != exact


@pytest.mark.parametrize("name", ["pix2pix", "cyclegan"])
def test_translation_goes_on_in_bf16_as_in_fp32(name: str, readable: Mapping[str, object]) -> None:
    """After four rounds both games have come to the same losses; what is learnt is kept in float32."""
    exact, rounded = (played(name, readable, precision)[-1] for precision in ("32-true", "bf16-mixed"))
    for player, terms in exact.result.items():
        assert rounded.result[player] == pytest.approx(terms, rel=0.03, abs=0.005)
    parameters = [p for player in rounded.stage.players for p in player.parameters]
    assert {p.dtype for p in parameters} == {torch.float32}
    assert all(p.isfinite().all() for p in parameters)


def test_kernels_have_their_channels_last(readable: Mapping[str, object]) -> None:
    for each in played("singan", readable, "bf16-mixed"):
        nets = [player.net for player in each.stage.players]
        kernels = [p for net in nets for p in net.parameters() if p.ndim == 4]
        assert kernels
        assert all(kernel.is_contiguous(memory_format=torch.channels_last) for kernel in kernels)
