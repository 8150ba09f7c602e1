"""Inception v3 (Szegedy et al. 2016, table 1), cut open, in the variant that FID is defined by.

That is the graph of 2015-12-05 which Heusel et al. 2017 measured with; the net of torchvision differs in its pools.
Modules bear the names under which the weights are published, hence the capitals and underscores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d, relu

LAYERS = {"64": "Conv2d_2b_3x3", "192": "Conv2d_4a_3x3", "768": "Mixed_6e", "2048": "Mixed_7c"}
"""The module at whose end each layer is taken; a layer's name is its number of channels."""

LOGITS, CLASSES = "logits", 1008
"""What is behind the trunk: a value for each of ImageNet's thousand classes and eight places that no class fills."""

SIDE = 299
"""Pixels a side of what the net was trained on."""


class InceptionV3(nn.Module):
    """(N, 3, H, W) RGB in [0, 1] to the values of ``layers``, by name: 64, 192, 768, 2048, logits.

    64 and 192 are taken before the first and the second pool, 768 before the auxiliary classifier, all after their
    activation; 2048, (N, 2048, 1, 1), is the mean over all places, FID's features; ``logits``, (N, 1008),
    follows it by the classifier's weight without its bias, as the Inception score is taken. ``resized`` brings pictures
    to 299 x 299 first, bilinear without antialiasing, as pytorch-fid does for FID; SIFID takes them as they are.
    Kernels that halve do not pad: for 2048 pictures need 75 pixels a side, for 192 19. The net runs no deeper than it
    must; it is frozen, its batch norms included, and gradients flow to the picture.

    Up to 192 the net is that of torchvision, whose weights then fit as well.
    """

    def __init__(self, layers: Sequence[str], *, resized: bool = False) -> None:
        super().__init__()
        for layer in layers:
            if layer not in (*LAYERS, LOGITS):
                raise ValueError(f"Inception v3 has no layer {layer!r}: choose from {', '.join(LAYERS)}, {LOGITS}")
        self.wanted = {LAYERS.get(layer, "fc"): layer for layer in layers}
        self.resized = resized
        left = set(self.wanted)
        for name, module in _modules():
            self.add_module(name, module)
            left.discard(name)
            if not left:
                break
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> InceptionV3:
        """Stays in eval mode, whatever the net that holds this one does: its statistics are frozen too."""
        return super().train(False)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.resized:
            image = interpolate(image, (SIDE, SIDE), mode="bilinear", align_corners=False)
        value, found = 2 * image - 1, dict[str, torch.Tensor]()
        for name, module in self.named_children():
            value = module(value)
            if name in self.wanted:
                found[self.wanted[name]] = value
        if "2048" in found:
            found["2048"] = found["2048"].mean(dim=(2, 3), keepdim=True)
        return found


class Convolution(nn.Module):
    """A convolution without bias, its batch norm, ReLU; padded to keep the size, unless it is ``valid`` or halves."""

    def __init__(
        self, channels: int, width: int, side: int | tuple[int, int], stride: int = 1, *, valid: bool = False
    ) -> None:
        super().__init__()
        height, breadth = (side, side) if isinstance(side, int) else side
        padding = (0, 0) if valid or stride > 1 else (height // 2, breadth // 2)
        self.conv = nn.Conv2d(channels, width, (height, breadth), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=1e-3)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return relu(self.bn(self.conv(input)))


class Squares(nn.Module):
    """Figure 5, whose single 3x3 is 5x5 in the published net, and 3x3 twice; to 224 + ``pooled`` channels."""

    def __init__(self, channels: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Convolution(channels, 64, 1)
        self.branch5x5_1 = Convolution(channels, 48, 1)
        self.branch5x5_2 = Convolution(48, 64, 5)
        self.branch3x3dbl_1 = Convolution(channels, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3)
        self.branch3x3dbl_3 = Convolution(96, 96, 3)
        self.branch_pool = Convolution(channels, pooled, 1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        fives = self.branch5x5_2(self.branch5x5_1(input))
        threes = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(input)))
        return torch.cat([self.branch1x1(input), fives, threes, self.branch_pool(_mean(input))], dim=1)


class Halving(nn.Module):
    """Figure 10 at 35x35: 3x3, 3x3 twice and a pool, all of stride 2; 288 to 768 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3 = Convolution(288, 384, 3, 2)
        self.branch3x3dbl_1 = Convolution(288, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3)
        self.branch3x3dbl_3 = Convolution(96, 96, 3, 2)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        threes = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(input)))
        return torch.cat([self.branch3x3(input), threes, max_pool2d(input, 3, 2)], dim=1)


class Strips(nn.Module):
    """Figure 6 with n = 7: 7x7 as 1x7 and 7x1, once and twice, ``width`` channels within; 768 to 768."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch1x1 = Convolution(768, 192, 1)
        self.branch7x7_1 = Convolution(768, width, 1)
        self.branch7x7_2 = Convolution(width, width, (1, 7))
        self.branch7x7_3 = Convolution(width, 192, (7, 1))
        self.branch7x7dbl_1 = Convolution(768, width, 1)
        self.branch7x7dbl_2 = Convolution(width, width, (7, 1))
        self.branch7x7dbl_3 = Convolution(width, width, (1, 7))
        self.branch7x7dbl_4 = Convolution(width, width, (7, 1))
        self.branch7x7dbl_5 = Convolution(width, 192, (1, 7))
        self.branch_pool = Convolution(768, 192, 1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(input)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(input)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(input), once, twice, self.branch_pool(_mean(input))], dim=1)


class HalvingStrips(nn.Module):
    """Figure 10 at 17x17: 3x3, 7x7 in strips and 3x3, and a pool, all of stride 2; 768 to 1280 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1 = Convolution(768, 192, 1)
        self.branch3x3_2 = Convolution(192, 320, 3, 2)
        self.branch7x7x3_1 = Convolution(768, 192, 1)
        self.branch7x7x3_2 = Convolution(192, 192, (1, 7))
        self.branch7x7x3_3 = Convolution(192, 192, (7, 1))
        self.branch7x7x3_4 = Convolution(192, 192, 3, 2)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        threes = self.branch3x3_2(self.branch3x3_1(input))
        strips = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(input)))
        return torch.cat([threes, self.branch7x7x3_4(strips), max_pool2d(input, 3, 2)], dim=1)


class Forks(nn.Module):
    """Figure 7: 3x3 as 1x3 beside 3x1; to 2048 channels. ``peak`` pools by the maximum where others take the mean."""

    def __init__(self, channels: int, *, peak: bool = False) -> None:
        super().__init__()
        self.peak = peak
        self.branch1x1 = Convolution(channels, 320, 1)
        self.branch3x3_1 = Convolution(channels, 384, 1)
        self.branch3x3_2a = Convolution(384, 384, (1, 3))
        self.branch3x3_2b = Convolution(384, 384, (3, 1))
        self.branch3x3dbl_1 = Convolution(channels, 448, 1)
        self.branch3x3dbl_2 = Convolution(448, 384, 3)
        self.branch3x3dbl_3a = Convolution(384, 384, (1, 3))
        self.branch3x3dbl_3b = Convolution(384, 384, (3, 1))
        self.branch_pool = Convolution(channels, 192, 1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        once = self.branch3x3_1(input)
        twice = self.branch3x3dbl_2(self.branch3x3dbl_1(input))
        forks = [self.branch3x3_2a(once), self.branch3x3_2b(once)]
        forks += [self.branch3x3dbl_3a(twice), self.branch3x3dbl_3b(twice)]
        pooled = max_pool2d(input, 3, 1, 1) if self.peak else _mean(input)
        return torch.cat([self.branch1x1(input), *forks, self.branch_pool(pooled)], dim=1)


class Classifier(nn.Linear):
    """The mean over all places, then a value a class: (N, C, H, W) to (N, classes)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input.mean(dim=(2, 3)))


def _modules() -> Iterator[tuple[str, nn.Module]]:
    """The modules in the order of their use, the classifier last; each is built when it is asked for."""
    yield "Conv2d_1a_3x3", Convolution(3, 32, 3, 2)
    yield "Conv2d_2a_3x3", Convolution(32, 32, 3, valid=True)
    yield "Conv2d_2b_3x3", Convolution(32, 64, 3)
    yield "maxpool1", nn.MaxPool2d(3, 2)
    yield "Conv2d_3b_1x1", Convolution(64, 80, 1)
    yield "Conv2d_4a_3x3", Convolution(80, 192, 3, valid=True)
    yield "maxpool2", nn.MaxPool2d(3, 2)
    for name, channels, pooled in (("Mixed_5b", 192, 32), ("Mixed_5c", 256, 64), ("Mixed_5d", 288, 64)):
        yield name, Squares(channels, pooled)
    yield "Mixed_6a", Halving()
    for name, width in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        yield name, Strips(width)
    yield "Mixed_7a", HalvingStrips()
    yield "Mixed_7b", Forks(1280)
    # A slip of the graph that FID is defined by; the paper, and torchvision, take the mean here too.
    yield "Mixed_7c", Forks(2048, peak=True)
    yield "fc", Classifier(2048, CLASSES, bias=False)


def _mean(input: torch.Tensor) -> torch.Tensor:
    """The mean of 3x3 places; at the border, unlike torchvision's, of those that are there."""
    return avg_pool2d(input, 3, 1, 1, count_include_pad=False)
