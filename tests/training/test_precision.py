"""Training in bfloat16 is the same training, to within its rounding, with the kernels laid out as it is fast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from PIL import Image

from ganvas.game import Round
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import opened
from ganvas.training import train


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.radial_gradient("L").resize((30, 26)).convert("RGB").save(path)
    return path


def played(name: str, data: Path, precision: Any) -> list[Round]:
    recipe = resolve(RECIPES, name, "smoke", ())
    torch.manual_seed(0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    return list(train(recipe.stages(opened(recipe, data)), None, fabric))


@pytest.mark.parametrize("name", ["compact", "sharp", "singan"])
def test_bf16_begins_as_fp32_does(name: str, photo: Path, prepared: Path) -> None:
    data = photo if name == "singan" else prepared
    exact, rounded = (played(name, data, precision)[0].result for precision in ("32-true", "bf16-mixed"))
    for player, terms in exact.items():
        assert rounded[player] == pytest.approx(terms, rel=0.02, abs=0.005)
    assert rounded != exact


def test_kernels_have_their_channels_last(photo: Path) -> None:
    for each in played("singan", photo, "bf16-mixed"):
        nets = [player.net for player in each.stage.players]
        kernels = [p for net in nets for p in net.parameters() if p.ndim == 4]
        assert kernels
        assert all(kernel.is_contiguous(memory_format=torch.channels_last) for kernel in kernels)
