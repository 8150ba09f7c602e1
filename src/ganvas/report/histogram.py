"""Two distributions of numbers as a picture."""

from __future__ import annotations

import numpy as np
import torch

from ganvas.images import Picture
from ganvas.report.scatter import DATA, GENERATED

WIDTH, HEIGHT, BINS = 320, 160, 40


def histogram(generated: torch.Tensor, data: torch.Tensor) -> Picture:
    """How often numbers of either kind, (N,) each, lie where: data in grey, generated in blue over it.

    It reaches from the smallest to the largest, and holds 0, which a line marks; numbers that are not finite are left
    out.
    """
    kinds = [each.detach().double().cpu().numpy() for each in (data, generated)]
    kinds = [each[np.isfinite(each)] for each in kinds]
    low, high = (extreme([0.0, *np.concatenate(kinds)]) for extreme in (min, max))
    room = 0.02 * (high - low) or 1.0
    shares = [np.histogram(each, BINS, (low - room, high + room))[0] / max(len(each), 1) for each in kinds]
    highest = max(float(share.max()) for share in shares) or 1.0
    canvas = np.ones((HEIGHT, WIDTH, 3), np.float32)
    canvas[[0, -1]] = canvas[:, [0, -1]] = 0.85
    for share, dot, opacity in zip(shares, (DATA, GENERATED), (1.0, 0.6), strict=True):
        for place, value in enumerate(share):
            top = HEIGHT - 1 - round(float(value) / highest * (HEIGHT - 12))
            bar = canvas[top : HEIGHT - 1, 1 + place * (WIDTH - 2) // BINS : 1 + (place + 1) * (WIDTH - 2) // BINS]
            bar += opacity * (np.array(dot.colour, np.float32) - bar)
    zero = round(1 + (0 - low + room) / (high - low + 2 * room) * (WIDTH - 3))
    canvas[1:-1, zero] *= 0.6
    return Picture(canvas)
