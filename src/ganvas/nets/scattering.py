"""Scattering: our small net against haze. It looks at the whole photo once, small, and says what the air was like; what
the air did is then undone pixel by pixel.

Haze is I = J·t + A·(1 - t) (Koschmieder 1924). The transmission t is made of the photo's colours at full size, by a
rule that varies slowly over the photo, as HDRNet makes tones (Gharbi et al. 2017), so it has the photo's edges.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import interpolate

LEAST = 0.1
"""The transmission below which nothing is left to be seen but noise."""

ROWS = 512
"""As many are undone at once, so that a large photo needs little more memory than itself and its result."""


class Scattering(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same without haze, unclamped; sides of any length.

    ``side`` is the longer side of what is looked at. The light A of the air is one colour a photo; the transmission is
    sigmoid(2 + k·I + b) with maps k of three channels and b of one, of an eighth of that size; training begins with 2.
    """

    whole = True

    def __init__(self, width: int = 28, side: int = 256) -> None:
        super().__init__()
        self.side = side
        coarse = 3 * width
        self.first = nn.Sequential(nn.PixelUnshuffle(8), nn.Conv2d(192, width, 1), Residual(width), Residual(width))
        self.middle = halved(width, 2 * width)
        self.coarse = halved(2 * width, coarse)
        self.light = nn.Sequential(nn.Linear(2 * coarse, coarse), nn.PReLU(coarse), nn.Linear(coarse, 3))
        self.told = nn.Linear(2 * coarse, coarse)
        self.back_to_middle = nn.Sequential(nn.Conv2d(coarse, 2 * width, 1), Residual(2 * width))
        self.back = nn.Sequential(nn.Conv2d(2 * width, width, 1), Residual(width), Residual(width))
        self.last = nn.Conv2d(width, 4, 3, padding=1)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        maps, light = self.look(image)
        height = image.shape[-2]
        strips = [
            cleared(strip, transmission(strip, maps, (top, height)), light)
            for top, strip in zip(range(0, height, ROWS), image.split(ROWS, dim=-2), strict=True)
        ]
        return torch.cat(strips, dim=-2)

    def look(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The maps (N, 4, h, w) that make the transmission, and the light of the air, (N, 3) in [0, 1]."""
        factor = min(1.0, self.side / max(image.shape[-2:]))
        size = [max(32, round(side * factor / 32) * 32) for side in image.shape[-2:]]
        features = self.first(interpolate(image, size, mode="bilinear", antialias=True))
        middle = self.middle(features)
        coarse = self.coarse(middle)
        overall = torch.cat([coarse.mean((-2, -1)), coarse.amax((-2, -1))], dim=1)
        coarse = coarse + self.told(overall)[..., None, None]
        middle = middle + doubled(self.back_to_middle(coarse))
        return self.last(features + doubled(self.back(middle))), self.light(overall).sigmoid()


class Residual(nn.Sequential):
    """x + two convolutions."""

    def __init__(self, width: int) -> None:
        convs = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        super().__init__(*(layer for conv in convs for layer in (nn.PReLU(width), conv)))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input + super().forward(input)


def halved(inputs: int, outputs: int) -> nn.Sequential:
    """Half the sides, and two residual blocks."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), Residual(outputs), Residual(outputs))


def doubled(features: torch.Tensor) -> torch.Tensor:
    """Twice the sides."""
    return interpolate(features, scale_factor=2, mode="bilinear")


def transmission(strip: torch.Tensor, maps: torch.Tensor, place: tuple[int, int]) -> torch.Tensor:
    """T in (0, 1), (N, 1, h, W), of ``strip``, rows of a photo: ``place`` is its first row, and the photo's height."""
    (top, height), (rows, width) = place, strip.shape[-2:]
    down = ((torch.arange(top, top + rows, device=strip.device) + 0.5) / height * 2 - 1).to(strip.dtype)
    across = ((torch.arange(width, device=strip.device) + 0.5) / width * 2 - 1).to(strip.dtype)
    grid = torch.stack(torch.meshgrid(across, down, indexing="xy"), dim=-1).expand(len(strip), -1, -1, -1)
    here = nn.functional.grid_sample(maps, grid, "bilinear", "border", align_corners=False)
    return (2 + (here[:, :3] * strip).sum(1, keepdim=True) + here[:, 3:]).sigmoid()


def cleared(image: torch.Tensor, transmission: torch.Tensor, light: torch.Tensor) -> torch.Tensor:
    """J = (I - A) / max(t, 0.1) + A; not clamped."""
    air = light[..., None, None]
    return (image - air) / transmission.clamp(min=LEAST) + air
