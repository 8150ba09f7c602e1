"""How sharply a classifier names pictures, and how various the names are: the Inception score."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from ganvas.metrics.fid import Sight, rounded
from ganvas.metrics.fidelity import MetricError
from ganvas.metrics.figure import Figure

Classifier = Callable[[torch.Tensor], torch.Tensor]
"""Pictures (N, 3, H, W) in [0, 1] to logits (N, classes)."""

SPLITS = 10

CLASSES = 1008
"""The outputs of the Inception that the score is defined by."""


@dataclass(frozen=True)
class InceptionScore(Figure):
    """The mean and the (population) deviation over the splits, with all without which they mean nothing.

    It lies between 1 and the number of classes, which is ``sight.size``; more is better. It knows no real pictures, and
    one picture a class, over and over, has the highest score.
    """

    deviation: float
    sight: Sight
    count: int
    splits: int

    @property
    def label(self) -> str:
        """What the figure is to be called: IS only with Inception's official weights."""
        return self.sight.called("IS", CLASSES, "classes")

    @property
    def warning(self) -> str | None:
        """What is to be said of too few pictures: a split of n scores n at most."""
        least = self.count // self.splits
        if least > self.sight.size:
            return None
        return f"only {least} pictures a split for {self.sight.size} classes: comparable at equal counts and splits"

    @property
    def conditions(self) -> str:
        return (
            f"{self.sight.features}, {self.sight.size} classes, {self.count} pictures in {self.splits} consecutive"
            f" split{'s' if self.splits > 1 else ''}, softmax in float64; pictures {self.sight.preprocessing}"
        )


class Splits:
    """The score of ``count`` pictures whose logits come batch by batch; what is kept are sums, in float64.

    The split s holds the pictures from s·N // S to (s + 1)·N // S. The mean over a split of KL(p(y|x) || p(y)) is that
    of Σ p(y|x) ln p(y|x), less Σ p(y) ln p(y).

    >>> splits = Splits(count=4, size=2, splits=2)
    >>> splits.add(torch.tensor([[50.0, 0.0], [0.0, 50.0], [50.0, 0.0], [50.0, 0.0]]))
    >>> [round(score, 6) for score in splits.scores()]
    [2.0, 1.0]
    """

    def __init__(self, count: int, size: int, splits: int = SPLITS) -> None:
        if not 1 <= splits <= count:
            raise MetricError(f"{count} pictures cannot be cut into {splits} splits")
        self.count, self.added = count, 0
        self._ends = torch.tensor([(split + 1) * count // splits for split in range(splits)])
        self._probabilities = torch.zeros(splits, size, dtype=torch.float64)
        self._negentropies = torch.zeros(splits, dtype=torch.float64)

    def add(self, logits: torch.Tensor) -> None:
        """Takes in the next pictures, as ``logits`` (N, classes)."""
        size = self._probabilities.shape[1]
        if logits.ndim != 2 or logits.shape[1] != size:
            raise ValueError(f"logits are (N, {size}), not {[*logits.shape]}")
        if not logits.isfinite().all():
            raise MetricError("logits with values that are not numbers have no score")
        if self.added + len(logits) > self.count:
            raise ValueError(f"there are more than the {self.count} pictures that were announced")
        logarithms = logits.detach().cpu().double().log_softmax(dim=1)
        probabilities = logarithms.exp()
        splits = torch.searchsorted(self._ends, self.added + torch.arange(len(logits)), right=True)
        self._probabilities.index_add_(0, splits, probabilities)
        self._negentropies.index_add_(0, splits, (probabilities * logarithms).sum(dim=1))
        self.added += len(logits)

    def scores(self) -> list[float]:
        """exp(E KL(p(y|x) || p(y))) of each split."""
        if self.added != self.count:
            raise ValueError(f"{self.added} of {self.count} pictures are here")
        counts = self._ends.diff(prepend=torch.zeros(1, dtype=torch.long)).double()
        marginal = self._probabilities / counts[:, None]
        divergence = self._negentropies / counts - torch.special.xlogy(marginal, marginal).sum(dim=1)
        return divergence.exp().tolist()

    def result(self, sight: Sight) -> InceptionScore:
        """The mean and the deviation of the scores."""
        scores = torch.tensor(self.scores(), dtype=torch.float64)
        return InceptionScore(scores.mean().item(), scores.std(correction=0).item(), sight, self.count, len(scores))


@torch.no_grad()
def inception_score(
    classifier: Classifier, sight: Sight, batches: Iterable[torch.Tensor], count: int, splits: int = SPLITS
) -> InceptionScore:
    """exp(E KL(p(y|x) || p(y))) of ``count`` pictures in ``batches`` (N, 3, H, W) in [0, 1] (Salimans et al. 2016,
    section 4), over ``splits`` consecutive parts.

    The classifier must know what the pictures show: ImageNet's says nothing of digits. Raises :class:`MetricError`
    where there are fewer pictures than splits.
    """
    sums = Splits(count, sight.size, splits)
    for batch in batches:
        sums.add(classifier(rounded(batch)))
    return sums.result(sight)
