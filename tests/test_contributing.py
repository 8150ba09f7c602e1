"""The worked example of CONTRIBUTING.md is code that runs, and short."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import torch

PAGE = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"

IMPORTS = """
from __future__ import annotations
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
import torch
from torch import nn
from torch.optim import RMSprop
from ganvas.data.batches import Images
from ganvas.data.synthetic import ring_of_gaussians
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Judge
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.recipes import Paper, Recipe
from ganvas.training import train
"""


def test_the_example_runs_and_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, recipe, test = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len((loss + recipe).splitlines()) <= 60
    file = tmp_path / "worked_example.py"
    file.write_text(IMPORTS + loss + recipe + test)
    spec = importlib.util.spec_from_file_location("worked_example", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "worked_example", module)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    module.test_every_weight_of_the_critic_is_clipped()
