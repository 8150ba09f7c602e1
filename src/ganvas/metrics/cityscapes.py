"""The nineteen classes of Cityscapes (Cordts et al. 2016) that are measured, and the maps in which it gives them."""

from __future__ import annotations

from typing import NamedTuple

import torch

IGNORED = 255
"""The label of pixels that do not count: outside the nineteen classes."""


class Label(NamedTuple):
    """A class; its place in :data:`LABELS` is its number in training (trainId).

    ``id`` is its number in files named labelIds, ``colour`` its RGB of 0 to 255 in files named color.
    """

    name: str
    id: int
    colour: tuple[int, int, int]


LABELS = (
    Label("road", 7, (128, 64, 128)),
    Label("sidewalk", 8, (244, 35, 232)),
    Label("building", 11, (70, 70, 70)),
    Label("wall", 12, (102, 102, 156)),
    Label("fence", 13, (190, 153, 153)),
    Label("pole", 17, (153, 153, 153)),
    Label("traffic light", 19, (250, 170, 30)),
    Label("traffic sign", 20, (220, 220, 0)),
    Label("vegetation", 21, (107, 142, 35)),
    Label("terrain", 22, (152, 251, 152)),
    Label("sky", 23, (70, 130, 180)),
    Label("person", 24, (220, 20, 60)),
    Label("rider", 25, (255, 0, 0)),
    Label("car", 26, (0, 0, 142)),
    Label("truck", 27, (0, 0, 70)),
    Label("bus", 28, (0, 60, 100)),
    Label("train", 31, (0, 80, 100)),
    Label("motorcycle", 32, (0, 0, 230)),
    Label("bicycle", 33, (119, 11, 32)),
)


def from_colours(image: torch.Tensor) -> torch.Tensor:
    """The classes (N, H, W) int64 of a map of colours (N, 3, H, W) in [0, 1]; :data:`IGNORED` for any other colour.

    Colours must be exact: a JPEG, or a map that was resized with mixed colours, has few known ones.

    >>> from_colours(torch.tensor([70, 130, 180]).view(1, 3, 1, 1) / 255).item()
    10
    """
    return _numbered(_packed((255 * image).round().long()), [_packed(_pixel(label.colour)) for label in LABELS])


def from_ids(ids: torch.Tensor) -> torch.Tensor:
    """The classes (N, H, W) int64 of a map of labelIds (N, H, W).

    >>> from_ids(torch.tensor([[[7, 0, 33]]])).tolist()
    [[[0, 255, 18]]]
    """
    return _numbered(ids, [torch.tensor(label.id) for label in LABELS])


def _numbered(values: torch.Tensor, known: list[torch.Tensor]) -> torch.Tensor:
    found = torch.full(values.shape, IGNORED, device=values.device)
    for number, value in enumerate(known):
        found[values == value.to(values.device)] = number
    return found


def _pixel(colour: tuple[int, int, int]) -> torch.Tensor:
    return torch.tensor(colour).view(1, 3, 1, 1)


def _packed(colours: torch.Tensor) -> torch.Tensor:
    """(N, 3, H, W) of 0 to 255 to (N, H, W), one number a colour."""
    red, green, blue = colours.unbind(1)
    return (red * 256 + green) * 256 + blue
