"""What of each system's net becomes a file: the same numbers as torch's at several sizes, or one sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch

from ganvas.enhancement.engines import SIZES, Other, differences, opened
from ganvas.enhancement.exporting import export
from ganvas.enhancement.graphs import ExportError, card_in
from ganvas.enhancement.model import ENHANCING
from ganvas.enhancement.switches import calm
from ganvas.recipes import RECIPES
from ganvas.weights import WeightsError, load

for name in ("onnx", "onnxscript", "onnxruntime", "openvino"):
    pytest.importorskip(name, reason="comes with pip install 'ganvas[export]'")

QUICK = ("cyclegan", "pix2pix")
"""Means over an instance, over the batch at hand; sides that are filled up to 4 and to 2^levels within the net."""

WHOLE = ("cycle-dehaze", "dehaze", "unshaken")
DICED = ("deblurgan", "pix2pix")
ENHANCERS = tuple(name for name, recipe in RECIPES.items() if recipe.task in ENHANCING)
LONG = tuple(name for name in ENHANCERS if name not in (*QUICK, *WHOLE))


def held_to_torch(name: str, model_of: Callable[..., str], folder: Path) -> None:
    """One file is traced, and runs in both engines."""
    file, target = model_of(name), folder / "a.onnx"
    made = export(file, "onnx", target, steady=True)
    assert [each.size for each in made.differences] == list(SIZES)
    product = load(file)
    calm(product.net)
    for engine in get_args(Other):
        found = differences(product.net, opened(target, engine), product.card)
        assert max(each.value for each in found) < 2e-5
    assert card_in(target) == product.card


@pytest.mark.parametrize("name", QUICK)
def test_a_net_is_the_same_in_every_engine(name: str, model_of: Callable[..., str], tmp_path: Path) -> None:
    held_to_torch(name, model_of, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_every_net_is_the_same_in_every_engine(name: str, model_of: Callable[..., str], tmp_path: Path) -> None:
    held_to_torch(name, model_of, tmp_path)


@pytest.mark.parametrize("name", DICED)
def test_dice_are_refused_before_anything_is_traced(
    name: str, model_of: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganvas.enhancement.exporting.onnx_of", lambda net, card: pytest.fail("it was traced"))
    with pytest.raises(ExportError, match=rf"the model {name} plays dice, which a graph cannot: add --steady"):
        export(model_of(name), "onnx", tmp_path / "a.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_other_direction_has_its_own_name_and_numbers(
    model_of: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced = list[torch.Tensor]()
    image = torch.rand(1, 3, 20, 24, generator=torch.Generator().manual_seed(0))

    def noted(net: torch.nn.Module, card: object) -> bytes:
        traced.append(net(image))
        raise ExportError("far enough")

    monkeypatch.setattr("ganvas.enhancement.exporting.onnx_of", noted)
    monkeypatch.chdir(tmp_path)
    file = model_of("cyclegan")
    for backwards in (False, True):
        with pytest.raises(ExportError, match="far enough"):
            export(file, "onnx", backwards=backwards)
    net = load(file).net
    np.testing.assert_array_equal(traced[0], net.b(image))
    np.testing.assert_array_equal(traced[1], net.a(image))
    with pytest.raises(WeightsError, match="has one direction only: leave out --backwards"):
        export(model_of("espcn"), "onnx", backwards=True)


@pytest.mark.parametrize("name", WHOLE)
def test_a_net_that_sees_the_whole_photo_is_refused(name: str, model_of: Callable[..., str]) -> None:
    with pytest.raises(ExportError, match="looks at the whole photo"):
        export(model_of(name), "openvino")


def test_what_makes_no_picture_of_a_picture_is_refused() -> None:
    with pytest.raises(ExportError, match="the model digits-generator makes no picture of one: it is made to generate"):
        export("digits-generator", "onnx")
