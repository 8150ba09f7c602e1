"""One player: tell which class a picture belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn
from torch.nn import functional

from ganvas.data.batches import Labelled
from ganvas.game import Terms


@dataclass(frozen=True)
class Classification:
    """``classifier`` makes logits (N, classes) of pictures."""

    classifier: nn.Module

    def classifier_loss(self, batch: Labelled) -> Terms:
        """Mean -log of the share that softmax gives to the right class."""
        return Terms(cross_entropy=functional.cross_entropy(self.classifier(batch.image), batch.label))
