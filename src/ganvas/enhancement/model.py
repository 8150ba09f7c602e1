"""A product at work: picture in, larger picture out."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import numpy as np
import torch

from ganvas.degrade import Reduction
from ganvas.enhancement.alpha import filled, steadied
from ganvas.enhancement.precision import Arithmetic, Precision, choose
from ganvas.enhancement.strips import Strips, resized
from ganvas.enhancement.tiles import LARGEST_MARGIN, tiled
from ganvas.enhancement.window import held, side
from ganvas.images import Floats, Picture
from ganvas.models import STYLES, Style
from ganvas.weights import Product, WeightsError, card_of, load

TILE = 256
"""Largest side of a tile in input pixels: a small net's features stay in the processor's cache
(``benchmarks/enhance.py --tiles``).
"""


class Model:
    """An enlarger ready to run: ``model(picture)`` is the picture ``model.scale`` times as large.

    ``precision`` and ``device`` as for :func:`ganvas.enhancement.precision.choose`. ``tile`` is the side of a tile in
    input pixels, by default what suits the net's memory. The result does not depend on it, unless the net sees
    farther than ``LARGEST_MARGIN``, and then hardly.
    """

    def __init__(
        self, product: Product, *, precision: Precision = "auto", device: str = "auto", tile: int | None = None
    ) -> None:
        if product.card.task != "enlarge":
            raise WeightsError(f"the model {product.card.name} does not enlarge: it is made to {product.card.task}")
        self.name, self.scale = product.card.name, product.card.scale
        self.reduction: Reduction | None = product.card.reduction
        self._margin, self._multiple = min(product.card.margin, LARGEST_MARGIN), product.card.multiple
        self._net = copy.deepcopy(product.net)
        self.use(choose(precision, device))
        self._tile = tile or side(held(self._net, self._run, self._multiple), self._margin, TILE)

    def use(self, arithmetic: Arithmetic) -> None:
        """Runs on in ``arithmetic``."""
        self.arithmetic = arithmetic
        self._net.to(device=arithmetic.device, dtype=arithmetic.dtype)
        self._net.to(memory_format=arithmetic.layout)  # pyright: ignore[reportCallIssue] (left out of the stub)

    def __call__(self, picture: Picture, size: tuple[int, int] | None = None) -> Picture:
        """``picture`` enlarged to ``size`` (width, height), by default ``scale`` times, with all that it carries."""
        rows = np.concatenate(list(self.rows(picture, size))).clip(0, 1)
        if picture.alpha is None:
            return picture.with_pixels(rows)
        return picture.with_pixels(np.ascontiguousarray(rows[..., :-1]), np.ascontiguousarray(rows[..., -1]))

    def rows(self, picture: Picture, size: tuple[int, int] | None = None) -> Iterator[Floats]:
        """The same from top to bottom in strips (h, W, channels), alpha as the last channel if there is one.

        Not clamped; memory is bounded whatever the size. The net is applied as often as the size needs (twice beyond
        its scale), then the rest is taken back by antialiased bicubic.
        """
        width, height = size or (picture.width * self.scale, picture.height * self.scale)
        enlarge = self._enlarge if picture.alpha is None else self._enlarge_with_alpha
        strips = Strips.of(_with_alpha(picture))
        for _ in range(self.passes(max(width / picture.width, height / picture.height))):
            strips = tiled(strips, enlarge, self.scale, self._margin, self._tile, self._multiple)
        return resized(strips, height, width).strips

    def passes(self, factor: float) -> int:
        """How often the net must be applied to enlarge ``factor`` times."""
        if self.scale == 1 or factor <= 1:
            return 1
        return max(1, math.ceil(math.log(factor * 0.999) / math.log(self.scale)))

    def _enlarge(self, window: Floats) -> Floats:
        return _pixels(self._run(_batch(window)))

    def _enlarge_with_alpha(self, window: Floats) -> Floats:
        alpha = _batch(window[..., -1:])
        # The alpha goes through the net like a grey picture: its edge is then as sharp as the colours' it belongs to.
        enlarged = steadied(self._run(alpha).clamp(0, 1), alpha, self.scale)
        return np.concatenate([self._enlarge(window[..., :-1]), _pixels(enlarged)], axis=2)

    @torch.inference_mode()
    def _run(self, image: torch.Tensor) -> torch.Tensor:
        """``image`` (1, C, h, w) float32 through the net; one channel goes in as three and comes out as their mean."""
        a = self.arithmetic
        grey = image.shape[1] == 1
        placed = image.expand(-1, 3, -1, -1) if grey else image
        made = self._net(placed.to(device=a.device, dtype=a.dtype, memory_format=a.layout)).float().cpu()
        return made.mean(dim=1, keepdim=True) if grey else made


def model_for(
    factor: float,
    name: str | None = None,
    style: Style | None = None,
    *,
    precision: Precision = "auto",
    device: str = "auto",
    tile: int | None = None,
) -> Model:
    """The model ``name`` (bundled, or a file), or the bundled one of ``style`` ("faithful" unless another is asked for)
    that suits an enlargement of ``factor`` times. Raises :class:`WeightsError` where both are given.
    """
    if name is not None and style is not None:
        raise WeightsError(f"the model {name} and the style {style} are both asked for: give one of them")
    return Model(load(name or suited(factor, style or "faithful")), precision=precision, device=device, tile=tile)


def suited(factor: float, style: Style) -> str:
    """The name of the bundled model of ``style`` whose scale is the least that reaches ``factor``, or else the largest.

    >>> suited(3, "faithful")
    'fidelity-x4'
    """
    scales = {card_of(name).scale: name for name in STYLES[style]}
    return scales[min((scale for scale in scales if scale >= factor * 0.999), default=max(scales))]


def _with_alpha(picture: Picture) -> Floats:
    """The pixels with the alpha, if any, as a further channel and nothing hidden under it."""
    if picture.alpha is None:
        return picture.pixels
    return np.concatenate([filled(picture.pixels, picture.alpha), picture.alpha[..., None]], axis=2)


def _batch(window: Floats) -> torch.Tensor:
    return torch.from_numpy(window).permute(2, 0, 1)[None]


def _pixels(image: torch.Tensor) -> Floats:
    return image.squeeze(0).permute(1, 2, 0).numpy()
