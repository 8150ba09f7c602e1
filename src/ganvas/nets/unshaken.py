"""Unshaken: our net against a shaking hand. It finds out how the hand moved, and takes the movement back.

A net that maps pixels to pixels must know from each place's surroundings alone what blurred it. But the hand moved the
same way everywhere, and a photo says so a thousand times over. So, as in Schuler et al. 2016 (Learning to Deblur,
arXiv:1406.7444), the net first sharpens edges, then asks which kernel lies between them and those of the photo, then
inverts that kernel; and again with what came of it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import pad, relu

from ganvas.nets.deconvolution import BORDER, Shown, between, echoes, edges, faded, shown_kernel, wiener
from ganvas.nets.folded import Folded

STIFFNESS = (0.003, 0.03, 0.3)
NOISE = (0.003, 0.04)
"""Where training begins: of one kernel a picture crisp and grainy, and one soft and calm."""

FADE = 24
"""The edges of a window count less, so many pixels towards its sides: what blurred them lies in part outside."""


class Recovery(NamedTuple):
    """What a net made of pictures on the way: ``images``, each (N, 3, H, W), unclamped, and log ``kernels``, each
    (N, S, S). The first image knows of no kernel yet; each later one was made with the kernel before it.
    """

    images: list[torch.Tensor]
    kernels: list[torch.Tensor]


class Unshaken(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same size, unclamped; sides of any length.

    ``width`` and ``depth`` are those of the :class:`Folded` that looks first, ``refining`` the depth of the one that
    chooses, pixel by pixel, between two inverses of the kernel and the picture before, and mends what they have left.
    ``guessing`` is the width of what reads kernels, of ``side`` x ``side`` pixels; ``steps`` how often it is all done.
    1,489,604 parameters.
    """

    blended = 64

    def __init__(
        self, width: int = 64, depth: int = 17, refining: int = 11, guessing: int = 48, side: int = 37, steps: int = 2
    ) -> None:
        super().__init__()
        self.side = side
        self.look = Folded(width, depth)
        self.edges = nn.Conv2d(width, 4 * self.look.multiple**2, 1)
        for parameter in self.edges.parameters():
            nn.init.zeros_(parameter)
        self.first = Guess(len(STIFFNESS) + 3, guessing)
        self.again = nn.ModuleList(Guess(len(STIFFNESS) + 2, guessing) for _ in range(steps - 1))
        self.noise = nn.Parameter(torch.tensor(NOISE).log())
        self.refine = Folded(width, refining, inputs=6 + 3 * len(NOISE), outputs=4 + len(NOISE))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """``image`` as it was before the hand shook, which is taken to have moved alike everywhere in it."""
        height, width = image.shape[-2:]
        # With the inverse's own border sides become multiples of 16, which have a fast transform.
        right, below = (BORDER + -(side + 4 * BORDER) % 16 for side in (width, height))
        mirrored = min(height, width) > BORDER + 16
        wide = pad(image, (BORDER, right, BORDER, below), mode="reflect" if mirrored else "replicate")
        return self.recovered(wide).images[-1][..., BORDER : BORDER + height, BORDER : BORDER + width]

    def recovered(self, image: torch.Tensor) -> Recovery:
        """All that is found on the way; sides are multiples of 4, and no less than 40 pixels."""
        sharper, kernel = self.begun(image)
        found = Recovery([sharper, self._refined(image, sharper, kernel)], [kernel])
        for guess in self.again:
            before = found.kernels[-1][:, None]
            told = [self._between(found.images[-1], image), self.side * before.exp(), before.clamp(min=-12) / 4]
            found.kernels.append(guess(torch.cat(told, 1)))
            found.images.append(self._refined(image, found.images[-1], found.kernels[-1]))
        return found

    def begun(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """``image`` as it looks at first sight, and the first log kernel, (N, side, side)."""
        features = self.look.features(image)
        sharper = image + self.look.changes(features)
        told = [
            self._between(sharper, image, self.look.unfold(self.edges(features))),
            self._between(sharper, image)[:, 1:2],
            echoes(edges(image) * faded(image, FADE), self.side),
        ]
        return sharper, self.first(torch.cat(told, 1))

    def _between(self, sharp: torch.Tensor, blurred: torch.Tensor, more: torch.Tensor | float = 0.0) -> torch.Tensor:
        """The kernels between the edges of two images, to those of the sharp one ``more`` being added."""
        window = faded(blurred, FADE)
        return self.side * between((edges(sharp) + more) * window, edges(blurred) * window, self.side, STIFFNESS)

    def shown(self, sharp: torch.Tensor, blurred: torch.Tensor) -> Shown:
        """The kernel that a pair shows, both (N, 3, H, W), as large as those that are found."""
        return shown_kernel(sharp, blurred, self.side)

    def ends(self) -> list[nn.Module]:
        """The layers at which pictures and kernels go in and come out."""
        parts = [part for part in self.modules() if isinstance(part, Folded | Guess)]
        return [self.edges, *(end for part in parts for end in (part.first, part.last))]

    def _refined(self, image: torch.Tensor, before: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """The better of what ``kernel``, log (N, S, S), says and of the image ``before``, pixel by pixel, mended."""
        inverses = [each.clamp(-0.2, 1.2) for each in wiener(image, kernel.exp(), self.noise.exp())]
        changes = self.refine.changes(self.refine.features(torch.cat([image, before, *inverses], 1)))
        trust = (changes[:, :3] + changes.new_tensor([0.0, 0.0, 2.0])[:, None, None]).softmax(1)
        chosen = sum(share * each for share, each in zip(trust.split(1, 1), [*inverses, before], strict=True))
        return chosen + changes[:, 3:]


class Guess(nn.Module):
    """The log of the kernel that ``inputs`` maps (N, inputs, S, S) speak of, (N, S, S); its exponentials sum to 1."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, width, 3, padding=1)
        self.near = nn.ModuleList(_wider(width, reach) for reach in (1, 2, 4, 8))
        self.overall = nn.Linear(width, width)
        self.far = nn.ModuleList(_wider(width, reach) for reach in (4, 2, 1))
        self.last = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, told: torch.Tensor) -> torch.Tensor:
        features = self.first(told)
        for layer in self.near:
            features = features + layer(features)
        features = features + self.overall(features.mean((-2, -1)))[..., None, None]
        for layer in self.far:
            features = features + layer(features)
        scores = self.last(relu(features))[:, 0]
        return scores.flatten(1).log_softmax(1).view_as(scores)


def _wider(width: int, reach: int) -> nn.Sequential:
    return nn.Sequential(nn.PReLU(width), nn.Conv2d(width, width, 3, padding=reach, dilation=reach))
