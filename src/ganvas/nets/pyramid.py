"""A trained photo: the generators of all levels of a SinGAN, and whatever else drawing from them needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.functional import interpolate, pad

from ganvas.nets.singan import SinGANGenerator

Resize = Callable[[torch.Tensor, float], torch.Tensor]
"""(N, C, H, W), clamped to [0, 1] and resized by a factor to (ceil(H·factor), ceil(W·factor))."""

Size = tuple[int, int]
Noise = Literal["rand", "rec"]
Window = tuple[slice, slice]
"""The rows and the columns of a part of a picture."""


class Pyramid(nn.Module):
    """The levels of one photo, 0 the coarsest. Pictures are NCHW in [0, 1] everywhere; the nets within see [-1, 1].

    Beside the nets its state holds the ``photo`` (1, 3, H, W; uint8), the ``amplitudes`` of the noise (in [-1, 1]) and
    the coarsest level's noise of the ``reconstruction``, one channel; the other levels have none there. ``sizes``
    (height, width) are those of all levels that are planned, neighbours differ by ``factor`` < 1. With
    ``noise_padding`` noise is drawn for the ``margin`` too, which else has none. An empty pyramid that is given a state
    becomes the one that the state is of, and grows its levels.
    """

    photo: torch.Tensor
    amplitudes: torch.Tensor
    reconstruction: torch.Tensor
    stored_sizes: torch.Tensor
    stored_factor: torch.Tensor

    def __init__(self, resize: Resize, margin: int = 5, *, noise_padding: bool = False) -> None:
        super().__init__()
        self.resize, self.margin, self.noise_padding = resize, margin, noise_padding
        self.receptive_field = 2 * margin + 1
        self.levels = nn.ModuleList()
        self.register_buffer("amplitudes", torch.zeros(0))
        self._lay_out(torch.zeros(1, 3, 0, 0, dtype=torch.uint8), torch.zeros(0, 2, dtype=torch.long), torch.ones(()))
        self.register_buffer("reconstruction", torch.zeros(1, 1, 0, 0))
        self.register_load_state_dict_pre_hook(_become)

    def begin(self, photo: torch.Tensor, sizes: Sequence[Size], factor: float) -> None:
        """Takes the photo to be learnt, and draws the noise that is to become it."""
        self._lay_out(photo, torch.tensor(sizes), torch.tensor(factor, dtype=torch.float32))
        self.reconstruction = self.noise(0)

    def grow(self, net: SinGANGenerator, amplitude: float = 1.0) -> None:
        """Adds the next finer level."""
        self.levels.append(net.to(self.photo.device))
        self.amplitudes = torch.cat([self.amplitudes, self.amplitudes.new_tensor([amplitude])])

    def freeze(self) -> None:
        """Leaves all levels as they are now, and their statistics."""
        self.levels.eval().requires_grad_(False)

    def redraw(self) -> None:
        """Draws the noise of the reconstruction anew."""
        self.reconstruction.copy_(self.noise(0))

    def real(self, level: int) -> torch.Tensor:
        """The photo as it is at ``level``."""
        return self.reduced(self.photo.float() / 255, level)

    def reduced(self, image: torch.Tensor, level: int) -> torch.Tensor:
        """``image``, of the photo's size, as it is at ``level``."""
        return fitted(self.resize(image, self.factor ** (len(self.sizes) - 1 - level)), self.sizes[level])

    def enlarged(self, image: torch.Tensor) -> torch.Tensor:
        """``image`` as large as at the next level, or a pixel larger."""
        return self.resize(image, 1 / self.factor)

    def noise(self, level: int, size: Size | None = None, count: int = 1) -> torch.Tensor:
        """Standard normal noise for pictures of ``size`` at ``level``; the same for all channels at the coarsest."""
        height, width = size or self.sizes[level]
        more = 2 * self.margin if self.noise_padding else 0
        channels = 1 if level == 0 else 3
        return torch.randn(count, channels, height + more, width + more, device=self.photo.device)

    def fixed_noise(self, level: int) -> torch.Tensor | None:
        """The noise of the reconstruction, which only the coarsest level has."""
        return self.reconstruction if level == 0 else None

    def made(
        self, level: int, previous: torch.Tensor, noise: torch.Tensor | None = None, window: Window | None = None
    ) -> torch.Tensor:
        """What ``level`` makes of ``previous``, a picture of any size from the level below (equation 2); not clamped.

        ``noise`` is of unit variance, for the picture alone or for its margin too. With a ``window`` only that part is
        made, as it is in the whole but for what batch normalisation sees.
        """
        y = pad(2 * previous - 1, [self.margin] * 4)
        x = y
        if noise is not None:
            missing = (y.shape[-1] - noise.shape[-1]) // 2
            x = y + self.amplitudes[level] * pad(noise, [missing] * 4)
        if window is not None:
            x, y = (around(each, window, self.margin) for each in (x, y))
        return (self.levels[level](x, y) + 1) / 2

    def entering(self, level: int, noise: Noise = "rand", count: int = 1) -> torch.Tensor:
        """What ``level`` is given by those below it, drawn with random noise or along the reconstruction."""
        if level == 0:
            return self._nothing(self.sizes[0], count)
        return fitted(self.enlarged(self.draw(noise=noise, end=level, count=count)), self.sizes[level])

    def draw(
        self,
        start: int = 0,
        image: torch.Tensor | None = None,
        *,
        noise: Noise = "rand",
        noises: Mapping[int, torch.Tensor] | None = None,
        scale: tuple[float, float] = (1.0, 1.0),
        end: int | None = None,
        count: int = 1,
    ) -> torch.Tensor:
        """``count`` pictures, or what the levels before ``end`` make of them, random from level ``start`` on.

        Levels below ``start`` take the noise of the reconstruction, as all do with ``noise`` "rec"; given an ``image``,
        they are left out, and it is what enters level ``start``. ``noises`` are the noise of some levels in place of
        random one. Random levels are ``scale`` times as large as the photo's, (vertically, horizontally).
        """
        picture = image
        for level in range(start if image is not None else 0, len(self.levels) if end is None else end):
            fixed = noise == "rec" or level < start
            size = self.sizes[level] if fixed else scaled(self.sizes[level], scale)
            own = self.fixed_noise(level) if fixed else self.noise(level, size, count)
            if picture is None:
                picture = self._nothing(size, count)
            elif level > start or image is None:
                picture = self.enlarged(picture)
            picture = self.made(level, fitted(picture, size), (noises or {}).get(level, own))
        if picture is None:
            raise ValueError("no level is left to draw with")
        return picture.clamp(0, 1)

    def _nothing(self, size: Size, count: int) -> torch.Tensor:
        """The zero of [-1, 1]."""
        return torch.full((count, 3, *size), 0.5, device=self.photo.device)

    def _lay_out(self, photo: torch.Tensor, sizes: torch.Tensor, factor: torch.Tensor) -> None:
        self.register_buffer("photo", photo)
        self.register_buffer("stored_sizes", sizes)
        self.register_buffer("stored_factor", factor)
        # As numbers too: asking a GPU for them would wait for it in every draw.
        self.sizes: tuple[Size, ...] = tuple((height, width) for height, width in sizes.tolist())
        self.factor: float = factor.item()


def around(image: torch.Tensor, window: Window, margin: int) -> torch.Tensor:
    """The ``window`` into ``image``, which has a ``margin`` on all sides, with as much around it."""
    rows, columns = (slice(side.start, side.stop + 2 * margin) for side in window)
    return image[..., rows, columns]


def scaled(size: Size, scale: tuple[float, float]) -> Size:
    """``size`` times ``scale``, rounded."""
    return round(size[0] * scale[0]), round(size[1] * scale[1])


def fitted(image: torch.Tensor, size: Size) -> torch.Tensor:
    """The top left of ``image``, ``size`` (height, width); stretched to it where the image falls short."""
    image = image[..., : size[0], : size[1]]
    if (image.shape[-2], image.shape[-1]) == size:
        return image
    # The authors stretch the margin with the picture, which moves its border inwards.
    return interpolate(image, size, mode="bilinear", align_corners=True)


def _become(pyramid: nn.Module, state: Mapping[str, Any], prefix: str, *rest: Any) -> None:
    """Gives ``pyramid`` the levels and the sizes of the tensors that ``state`` has."""
    assert isinstance(pyramid, Pyramid)
    own = {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}
    held = own.keys() & {name for name, _ in pyramid.named_buffers(recurse=False)}
    if {"photo", "stored_sizes", "stored_factor"} <= held:
        device = pyramid.photo.device
        pyramid._lay_out(*(own[name].clone().to(device) for name in ("photo", "stored_sizes", "stored_factor")))
        for name in held & {"amplitudes", "reconstruction"}:
            pyramid.register_buffer(name, torch.zeros_like(own[name], device=device))
    kernels: dict[int, dict[int, torch.Tensor]] = {}
    for key, tensor in own.items():
        if key.startswith("levels.") and tensor.ndim == 4:
            _, level, _, layer, *_ = key.split(".")
            kernels.setdefault(int(level), {})[int(layer)] = tensor
    for level in range(len(pyramid.levels), len(kernels)):
        *hidden, last = (kernels[level][layer] for layer in sorted(kernels[level]))
        net = SinGANGenerator([len(kernel) for kernel in hidden], last.shape[-1])
        pyramid.levels.append(net.to(pyramid.photo.device))
