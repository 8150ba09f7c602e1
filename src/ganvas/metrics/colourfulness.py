"""How colourful a picture looks."""

from __future__ import annotations

import torch


def colourfulness(image: torch.Tensor) -> float:
    """σ + 0.3 μ of the opponent colours R - G and (R + G) / 2 - B on 0 to 255 (Hasler, Süsstrunk 2003, section 6).

    σ and μ are the lengths of their deviations and of their means over ``image`` (N, 3, H, W) in [0, 1]. By the authors
    0 is grey, 33 moderately and 82 highly colourful.

    >>> round(colourfulness(torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 2, 2)), 3)  # 0.3·|(255, 127.5)|
    85.53
    """
    red, green, blue = (255 * image.detach().double()).unbind(1)
    opponents = torch.stack([red - green, (red + green) / 2 - blue]).flatten(1)
    deviation, mean = opponents.std(1, correction=0).norm(), opponents.mean(1).norm()
    return (deviation + 0.3 * mean).item()
