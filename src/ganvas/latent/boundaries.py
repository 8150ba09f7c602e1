"""Attribute boundaries: the hyperplane of codes that parts what has an attribute from what has not, and edits across
it (InterFaceGAN: Shen et al. 2020, arXiv 1907.10786).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from ganvas.latent.attributes import Scores, scores_of
from ganvas.latent.kept import put
from ganvas.latent.model import Generator, LatentError

RATIO = 0.02
"""The share of codes with the highest scores that are positive, and with the lowest that are negative."""

TRAIN = 0.7
"""What of them the boundary is fitted to; the others validate it."""

REACH = 3.0
"""How far from the boundary edits go. For z of N(0, I) no code is beyond 5, so to say."""


@dataclass(frozen=True, eq=False)
class Boundary:
    """``normal`` (d,), of length 1, points to where the attribute is more.

    ``validation`` is the share of held-out extremes on their right side, ``remaining`` that of the codes that are no
    extremes, which are parted by the middle between the highest and the lowest score.
    """

    normal: torch.Tensor
    validation: float
    remaining: float
    count: int
    """Codes that it was fitted to."""


def fit(codes: torch.Tensor, scores: torch.Tensor, ratio: float = RATIO, *, seed: int = 0) -> Boundary:
    """The boundary of an attribute with ``scores`` (N,) over ``codes`` (N, d), by a linear SVM with C = 1.

    ``ratio`` above 1 is a count. Codes without a score (NaN) are dropped. The order is as in the authors' code, the
    bias is not kept there either.
    """
    known = scores.isfinite()
    codes, scores = codes[known], scores[known]
    each = _extremes(len(scores), ratio)
    order = scores.argsort(descending=True, stable=True)
    random = torch.Generator().manual_seed(seed)
    sides = [side[torch.randperm(each, generator=random)] for side in (order[:each], order[len(order) - each :])]
    cut = max(1, int(TRAIN * each))
    machine = _machine(torch.cat([side[:cut] for side in sides]), cut, codes)
    normal = torch.tensor(machine.coef_[0], dtype=torch.float32)

    def accuracy(rows: torch.Tensor, labels: torch.Tensor) -> float:
        if not len(rows):
            return float("nan")
        return float((torch.tensor(machine.predict(codes[rows].numpy())) == labels).float().mean())

    held = torch.cat([side[cut:] for side in sides])
    rest = order[each : len(order) - each]
    middle = (scores.max() + scores.min()) / 2
    return Boundary(
        normal / normal.norm(),
        accuracy(held, (torch.arange(len(held)) < each - cut).long()),
        accuracy(rest, (scores[rest] > middle).long()),
        2 * cut,
    )


def edited(
    codes: torch.Tensor, normal: torch.Tensor, start: float = -REACH, end: float = REACH, steps: int = 10
) -> torch.Tensor:
    """(N, steps, d): each of ``codes`` (N, d), moved so that its distance to the boundary runs from ``start`` to
    ``end``: z + (l - n·z) n.
    """
    distances = torch.linspace(start, end, steps, dtype=codes.dtype)
    away = distances[None, :] - (codes @ normal)[:, None]
    return codes[:, None, :] + away[:, :, None] * normal


def conditioned(normal: torch.Tensor, conditions: Sequence[torch.Tensor]) -> torch.Tensor:
    """(d,): ``normal`` less its part in the span of ``conditions``, of length 1: moving along it leaves their distances
    as they are.

    For one it is n - (n·c) c, for more x in C Cᵀ x = C n is solved and n - Cᵀ x taken.
    """
    if not conditions:
        return normal
    kept = torch.stack(list(conditions)).double()
    try:
        shares = torch.linalg.solve(kept @ kept.T, kept @ normal.double())
    except torch.linalg.LinAlgError:
        raise LatentError("two of the boundaries to be kept are the same: leave one of them") from None
    left = normal.double() - kept.T @ shares
    if left.norm() < 1e-6 * normal.norm():
        raise LatentError("the boundary lies within those to be kept: nothing of it is left to move along")
    return (left / left.norm()).to(normal.dtype)


def cosines(normals: Sequence[torch.Tensor]) -> torch.Tensor:
    """(n, n): how entangled boundaries are, 0 where edits do not touch each other."""
    every = torch.stack(list(normals))
    return every @ every.T


def correlations(scores: Sequence[torch.Tensor]) -> torch.Tensor:
    """(n, n): of the scores (N,) of the same pictures; what goes together in the data goes together in the codes."""
    every = torch.stack(list(scores)).double()
    return torch.corrcoef(every[:, every.isfinite().all(0)])


def rescoring(
    generator: Generator,
    normals: Mapping[str, torch.Tensor],
    scores: Mapping[str, Scores],
    *,
    alpha: float = REACH,
    count: int = 2000,
    seed: int = 0,
) -> torch.Tensor:
    """(edited, measured): by how many standard deviations of all pictures each of ``scores`` rises when codes are moved
    by ``alpha`` along each of ``normals``.
    """
    codes = generator.sample(count, seed)
    before = _scored(generator, codes, scores)
    known = before.isfinite().all(0)
    spread = before[:, known].std(1).clamp(min=1e-9)
    rows: list[torch.Tensor] = []
    for normal in normals.values():
        after = _scored(generator, codes + alpha * normal, scores)
        both = known & after.isfinite().all(0)
        rows.append((after - before)[:, both].mean(1) / spread)
    return torch.stack(rows)


def keep(path: Path, boundaries: Mapping[str, Boundary], model: str) -> None:
    """Writes ``boundaries`` of the generator ``model`` to ``path``, a .safetensors; it is whole or not there."""
    facts = {name: {k: v for k, v in vars(each).items() if k != "normal"} for name, each in boundaries.items()}
    normals = {name: each.normal for name, each in boundaries.items()}
    put(path, normals, {"boundaries": json.dumps(facts), "model": model})


def recalled(path: Path, dims: int) -> dict[str, Boundary]:
    """The boundaries that :func:`keep` wrote to ``path``, of codes with ``dims`` components."""
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["boundaries"])
            found = {name: Boundary(file.get_tensor(name), **each) for name, each in facts.items()}
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        raise LatentError(f"{path} holds no boundaries: give a file that `ganvas latent boundary` wrote") from None
    for name, each in found.items():
        if each.normal.shape != (dims,):
            raise LatentError(
                f"the boundary {name} in {path} is of {len(each.normal)} components, the model's codes have {dims}:"
                " it belongs to another model"
            )
    return found


def _scored(generator: Generator, codes: torch.Tensor, scores: Mapping[str, Scores]) -> torch.Tensor:
    parts = [torch.stack(list(scores_of(generator(part), scores).values())) for part in codes.split(1024)]
    return torch.cat(parts, 1)


def _extremes(count: int, ratio: float) -> int:
    """How many codes are taken of each side."""
    if ratio <= 0:
        raise LatentError(f"the ratio is a share of the codes, or a count of them, not {ratio:g}")
    each = min(int(ratio * count) if ratio <= 1 else int(ratio), count // 2)
    if each < 2:
        raise LatentError(f"{count} codes with a score are too few to take {ratio:g} of them: take more codes")
    return each


def _machine(rows: torch.Tensor, positives: int, codes: torch.Tensor) -> Any:
    """A linear SVM, fitted to the ``rows`` of ``codes``, the first ``positives`` of which are positive."""
    try:
        svm = import_module("sklearn.svm")
    except ImportError:
        raise LatentError(
            "boundaries need the extra latent, with scikit-learn: run `pip install 'ganvas[latent]'`"
        ) from None
    labels = (torch.arange(len(rows)) < positives).long()
    return svm.SVC(kernel="linear", C=1.0).fit(codes[rows].numpy(), labels.numpy())
