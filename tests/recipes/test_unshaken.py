"""The recipe unshaken: the kernel first, then all; what looks first may be a model of deblur, which stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.unshaken import UnshakenRecipe
from ganvas.training import train
from ganvas.weights import describe, store


def smoke(*settings: str) -> Any:
    return resolve(RECIPES, "unshaken", "smoke", list(settings))


def test_the_kernel_is_learnt_first(readable: dict[str, object]) -> None:
    recipe = smoke()
    stages = list(recipe.stages(readable["crops"]))
    assert [(stage.name, stage.rounds) for stage in stages] == [("kernel", 2), ("deblur", 2)]
    assert [stage.name for stage in smoke("kernels=0").stages(readable["crops"])] == ["deblur"]


def test_what_looks_first_stays_as_it_is(readable: dict[str, object], tmp_path: Path) -> None:
    torch.manual_seed(0)
    recipe = resolve(RECIPES, "deblur", "smoke")
    net, path = recipe.generator(), tmp_path / "deblur.safetensors"
    torch.nn.init.normal_(net.last.weight)
    store(path, net, describe(recipe, net))
    *_, last = train(smoke(f"look={path}").stages(readable["crops"]))
    made = last.stage.outcome.state_dict()
    for key, tensor in net.state_dict().items():
        assert torch.equal(made[f"look.{key}"], tensor), key
    fresh = smoke(f"look={path}").generator().state_dict()
    assert not torch.equal(made["refine.last.weight"], fresh["refine.last.weight"])


def test_a_look_that_is_none_is_refused_by_its_name(readable: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"look = .+ is not a model that can be read"):
        list(smoke(f"look={tmp_path / 'nothing'}").stages(readable["crops"]))


def test_its_kernels_fit_what_it_is_trained_on() -> None:
    """None of the shakes reaches farther than the net can say."""
    recipe = UnshakenRecipe()
    kernels = recipe.shaken.motion.kernels(200, np.random.default_rng(0))
    assert max(len(kernel) for kernel in kernels) <= recipe.side
