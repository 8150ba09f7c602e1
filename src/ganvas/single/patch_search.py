"""For each patch of one picture its nearest in another: exhaustively, or along the neighbours' finds.

A patch is a row of a matrix, (patches, values); a field holds, for each patch looked up, the row of its find.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

Grid = tuple[int, int]
"""Rows and columns of the places where a patch fits."""


def nearest(queries: torch.Tensor, keys: torch.Tensor, alpha: float | None = None, memory: int = 2**25) -> torch.Tensor:
    """For each of ``queries`` (n, values) the row of ``keys`` (m, values) with the least S, (n,).

    S_ij = D_ij / (alpha + min_l D_lj), D the mean squared difference (Granot et al. 2022): a key that no
    query is near to becomes cheap, the more so the smaller ``alpha``, so that all that the keys show is used somewhere.
    Without ``alpha`` S is D. At most ``memory`` bytes of distances are held at once.

    >>> queries, keys = torch.tensor([[0.0], [0.3]]), torch.tensor([[0.1], [1.0]])
    >>> nearest(queries, keys).tolist(), nearest(queries, keys, alpha=0.01).tolist()
    ([0, 0], [0, 1])
    """
    parts = queries.split(max(1, memory // (4 * len(keys))))
    if alpha is None:
        return torch.cat([distances(part, keys).argmin(dim=1) for part in parts])
    blocks = [distances(parts[0], keys)] if len(parts) == 1 else (distances(part, keys) for part in parts)
    closest = torch.stack([block.amin(dim=0) for block in blocks]).amin(dim=0)
    cheapness = 1 / (alpha + closest)
    if isinstance(blocks, list):
        return blocks[0].mul_(cheapness).argmin(dim=1)
    return torch.cat([distances(part, keys).mul_(cheapness).argmin(dim=1) for part in parts])


def distances(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    """Mean squared differences of all pairs, (n, m), as one matrix product: |q|² - 2 q·k + |k|²."""
    centre = keys.mean(dim=0)  # |q|² and |k|² nearly cancel: the smaller they are, the less is lost
    q, k = queries - centre, keys - centre
    ones = torch.ones_like
    left = torch.cat([-2 * q, q.square().sum(dim=1, keepdim=True), ones(q[:, :1])], dim=1)
    right = torch.cat([k, ones(k[:, :1]), k.square().sum(dim=1, keepdim=True)], dim=1)
    return (left @ (right / keys.shape[1]).T).clamp_(min=0)


class Field(NamedTuple):
    """The finds of a picture with ``queries`` places in one with ``keys`` places: ``rows`` of the key matrix, (n,)."""

    rows: torch.Tensor
    queries: Grid
    keys: Grid

    def enlarged(self, queries: Grid, keys: Grid, patch: int) -> Field:
        """The field of the same pictures enlarged: where the patch around the same point was found."""
        down, rest_down = _places(queries[0], self.queries[0], patch)
        right, rest_right = _places(queries[1], self.queries[1], patch)
        rows = self.rows.view(self.queries)[down.to(self.rows.device)][:, right.to(self.rows.device)]
        y = _grown(rows // self.keys[1] + rest_down[:, None].to(rows.device), self.keys[0], keys[0], patch)
        x = _grown(rows % self.keys[1] + rest_right.to(rows.device), self.keys[1], keys[1], patch)
        return Field((y * keys[1] + x).flatten(), queries, keys)

    def moved(self, down: int, right: int) -> torch.Tensor:
        """What each patch would find if it followed its neighbour so many places up and to the left, (n,)."""
        rows = self.rows.view(self.queries).roll((down, right), (0, 1))
        y = (rows // self.keys[1] + down).clamp(0, self.keys[0] - 1)
        x = (rows % self.keys[1] + right).clamp(0, self.keys[1] - 1)
        return (y * self.keys[1] + x).flatten()

    def strayed(self, reach: int, random: torch.Generator) -> torch.Tensor:
        """A find at random within ``reach`` places of each, (n,)."""
        by = torch.randint(-reach, reach + 1, (2, len(self.rows)), generator=random).to(self.rows.device)
        y = (self.rows // self.keys[1] + by[0]).clamp(0, self.keys[0] - 1)
        x = (self.rows % self.keys[1] + by[1]).clamp(0, self.keys[1] - 1)
        return y * self.keys[1] + x


def followed(queries: torch.Tensor, keys: torch.Tensor, field: Field, random: torch.Generator) -> Field:
    """``field`` improved: each patch tries what its neighbours found and, around that, places at random.

    PatchMatch (Barnes et al. 2009, section 3) with all patches at once: neighbours at 4, 2 and 1 places, then random
    places within 16, 8, ... 1. Never worse than it was; it costs n tries a patch where :func:`nearest` costs m.
    """
    rows, cost = field.rows, _costs(queries, keys, field.rows)
    steps = [(y * step, x * step) for step in (4, 2, 1) for y, x in ((0, 1), (1, 0), (0, -1), (-1, 0))]
    for attempt in [*steps, 16, 8, 4, 2, 1]:
        now = field._replace(rows=rows)
        tried = now.strayed(attempt, random) if isinstance(attempt, int) else now.moved(*attempt)
        tried_cost = _costs(queries, keys, tried)
        better = tried_cost < cost
        rows, cost = torch.where(better, tried, rows), torch.where(better, tried_cost, cost)
    return field._replace(rows=rows)


def _costs(queries: torch.Tensor, keys: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    # In parts that stay in the cache of a processor: in one piece it takes four times as long.
    parts = zip(queries.split(1024), rows.split(1024), strict=True)
    return torch.cat([(keys[row] - query).square_().sum(dim=1) for query, row in parts])


def _places(count: int, of: int, patch: int) -> tuple[torch.Tensor, torch.Tensor]:
    """For ``count`` places along an axis the nearest of ``of`` places of the smaller picture, and what is missing."""
    centre = (torch.arange(count) + patch / 2) * ((of + patch - 1) / (count + patch - 1)) - patch / 2
    place = centre.round().clamp(0, of - 1)
    return place.long(), centre - place


def _grown(place: torch.Tensor, of: int, count: int, patch: int) -> torch.Tensor:
    """The places nearest to ``place`` (of ``of``) when the picture has grown to ``count`` places along the axis."""
    centre = (place + patch / 2) * ((count + patch - 1) / (of + patch - 1)) - patch / 2
    return centre.round().clamp(0, count - 1).long()
