"""The game of one classifier."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from ganvas.data.batches import Labelled
from ganvas.objectives.classification import Classification


def test_the_loss_is_minus_the_log_of_the_right_share() -> None:
    # Softmax of (log 1, log 3) is (1/4, 3/4).
    logits = torch.tensor([[0.0, math.log(3)], [0.0, math.log(3)]])
    terms = Classification(nn.Identity()).classifier_loss(Labelled(logits, torch.tensor([0, 1])))
    assert list(terms) == ["cross_entropy"]
    assert terms.total.item() == pytest.approx((math.log(4) + math.log(4 / 3)) / 2)
