"""What a run leaves behind of each round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.game import Player, Stage, Terms
from ganvas.training import RunFolder, train


def stages() -> Iterator[Stage[Any]]:
    """One player whose loss is (w - 3)², w = (1, 3), at a rate of 0.25."""
    net = nn.Linear(2, 1, bias=False)
    net.weight.data = torch.tensor([[1.0, 3.0]])

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        return Images(torch.zeros(1))

    player = Player(
        "generator", net, lambda batch: Terms(square=(net.weight - 3).square().sum()), SGD(net.parameters(), lr=0.25)
    )
    yield Stage("alone", 3, Stream(draw, 1), [player])


def test_the_log_tells_the_norm_of_each_players_gradient(tmp_path: Path) -> None:
    files = RunFolder(tmp_path, every=1)
    for played in train(stages()):
        files.record(played)
    lines = [json.loads(line)["generator"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["square"] for line in lines] == pytest.approx([4, 1, 0.25])
    assert [line["gradient norm"] for line in lines] == pytest.approx([4, 2, 1])  # 2 |w - 3|, w halving its way
