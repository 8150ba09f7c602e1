"""A product at work: picture in, better picture out."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import numpy as np
import torch

from ganvas.degrade import Reduction
from ganvas.enhancement.alpha import filled, steadied
from ganvas.enhancement.choosing import AskedEngine, engines_for
from ganvas.enhancement.engines import LEAST, Engine, Runner
from ganvas.enhancement.precision import Arithmetic, Precision, choose
from ganvas.enhancement.size import SizeError, Target
from ganvas.enhancement.strips import Strips, resized
from ganvas.enhancement.switches import calm, turn
from ganvas.enhancement.tiles import LARGEST_MARGIN, blended, tiled
from ganvas.enhancement.window import held, side
from ganvas.images import Floats, Picture
from ganvas.models import KEEPING, STYLES, EnhanceTask, Style
from ganvas.weights import Product, WeightsError, card_of, load

TILE = 256
"""Largest side of a tile in input pixels: a small net's features stay in the processor's cache
(``benchmarks/enhance.py --tiles``).
"""


STATISTICAL_TILE = 1024
"""The same for nets that take means over a tile."""

LOOKING_TILE = 512
"""The same for nets that look at each tile as a whole and then work on it."""

ENHANCING = ("enlarge", "deblur", "dehaze", "translate")
"""The tasks of nets that make a picture of a picture."""


class Model:
    """A net ready to run: ``model(picture)`` is the picture ``model.scale`` times as large, or restored at its size.

    ``precision`` and ``device`` as for :func:`ganvas.enhancement.precision.choose`. ``tile`` is the side of a tile in
    input pixels, by default what suits the net's memory. The result does not depend on it, unless the net sees
    farther than ``LARGEST_MARGIN``, and then hardly. ``backwards`` is the other direction of a net that has two,
    ``steady`` switches off the dropout that some nets leave on. ``engine`` is what runs the net: torch, or ONNX or
    OpenVINO of what is exported of it, within rounding the same; auto is the fastest that is installed.
    """

    def __init__(
        self,
        product: Product,
        *,
        precision: Precision = "auto",
        device: str = "auto",
        tile: int | None = None,
        backwards: bool = False,
        steady: bool = False,
        engine: AskedEngine = "torch",
    ) -> None:
        if product.card.task not in ENHANCING:
            raise WeightsError(
                f"the model {product.card.name} makes no picture of one: it is made to {product.card.task}"
            )
        self.name, self.scale, self.task = product.card.name, product.card.scale, product.card.task
        self.reduction: Reduction | None = product.card.reduction
        self._margin, self._multiple = min(product.card.margin, LARGEST_MARGIN), product.card.multiple
        self._net = copy.deepcopy(product.net)
        if backwards:
            turn(self._net, self.name)
        if steady:
            calm(self._net)
        plain = copy.deepcopy(self._net) if engine != "torch" else self._net
        self._engines = engines_for(plain, product.card, engine, precision, device)
        self._runner: Runner = self._torch
        self.engine: Engine = "torch"
        self._told = set[Engine]()
        # What such a net learns small it works into the picture at full size, where bf16 would show.
        self.use(choose("fp32" if product.card.looking else precision, device))
        self._blended = product.card.blended
        largest = LOOKING_TILE if self._blended else STATISTICAL_TILE if product.card.statistical else TILE
        self._tile = tile or side(held(self._net, self._run, self._multiple), self._margin, largest)
        self._whole = product.card.whole

    @property
    def alike(self) -> bool:
        """Whether a result has the tones and colours of its picture."""
        return self.task in ("enlarge", "deblur")

    def readied(self, picture: Picture) -> Picture:
        """``picture`` as the net needs it: in colour where the result may have colours that a grey one has not."""
        if not picture.grey or self.task != "translate":
            return picture
        return picture.with_pixels(np.repeat(picture.pixels, 3, axis=2), picture.alpha)

    def use(self, arithmetic: Arithmetic) -> None:
        """Runs on in ``arithmetic``."""
        self.arithmetic = arithmetic
        self._net.to(device=arithmetic.device, dtype=arithmetic.dtype)
        self._net.to(memory_format=arithmetic.layout)  # pyright: ignore[reportCallIssue] (left out of the stub)

    def __call__(self, picture: Picture, size: tuple[int, int] | None = None) -> Picture:
        """``picture`` enlarged to ``size`` (width, height), by default ``scale`` times, with all that it carries."""
        picture = self.readied(picture)
        rows = np.concatenate(list(self.rows(picture, size))).clip(0, 1)
        if picture.alpha is None:
            return picture.with_pixels(rows)
        return picture.with_pixels(np.ascontiguousarray(rows[..., :-1]), np.ascontiguousarray(rows[..., -1]))

    def rows(self, picture: Picture, size: tuple[int, int] | None = None) -> Iterator[Floats]:
        """The same from top to bottom in strips (h, W, channels), alpha as the last channel if there is one.

        Not clamped; memory is bounded whatever the size, but for nets that see a picture whole. The net is applied as
        often as the size needs (twice beyond its scale), then the rest is taken back by antialiased bicubic.
        """
        width, height = size or (picture.width * self.scale, picture.height * self.scale)
        enlarge = self._enlarge if picture.alpha is None else self._enlarge_with_alpha
        if self._whole:
            return resized(Strips.of(enlarge(_with_alpha(picture))), height, width).strips
        strips = Strips.of(_with_alpha(picture))
        if self._blended:
            return resized(blended(strips, enlarge, self._tile, self._blended), height, width).strips
        self._engage(picture)
        for _ in range(self.passes(max(width / picture.width, height / picture.height))):
            strips = tiled(strips, enlarge, self.scale, self._margin, self._tile, self._multiple)
        return resized(strips, height, width).strips

    def _engage(self, picture: Picture) -> None:
        if self._engines is not None:
            height, width = (min(side, self._tile + 2 * self._margin) for side in picture.pixels.shape[:2])
            self.engine, self._runner = self._engines.best(height, width, self._torch)

    def news(self) -> tuple[str, ...]:
        """What ran the net the last time, where that was not simply torch; each is told once."""
        if self._engines is None or self.engine in self._told:
            return ()
        self._told.add(self.engine)
        numbers = self.arithmetic if self.engine == "torch" else getattr(self._runner, "numbers", "fp32")
        why = f", {self._engines.why}" if self._engines.why else ""
        return (f"run by {self.engine} ({numbers}){why}",)

    def passes(self, factor: float) -> int:
        """How often the net must be applied to enlarge ``factor`` times."""
        if self.scale == 1 or factor <= 1:
            return 1
        return max(1, math.ceil(math.log(factor * 0.999) / math.log(self.scale)))

    def _enlarge(self, window: Floats) -> Floats:
        return _pixels(self._run(_batch(window)))

    def _enlarge_with_alpha(self, window: Floats) -> Floats:
        if self.scale == 1:
            return np.concatenate([self._enlarge(window[..., :-1]), window[..., -1:]], axis=2)
        alpha = _batch(window[..., -1:])
        # The alpha goes through the net like a grey picture: its edge is then as sharp as the colours' it belongs to.
        enlarged = steadied(self._run(alpha).clamp(0, 1), alpha, self.scale)
        return np.concatenate([self._enlarge(window[..., :-1]), _pixels(enlarged)], axis=2)

    @torch.inference_mode()
    def _run(self, image: torch.Tensor) -> torch.Tensor:
        """``image`` (1, C, h, w) float32 through the net; one channel goes in as three and comes out as their mean."""
        grey = image.shape[1] == 1
        placed = image.expand(-1, 3, -1, -1) if grey else image
        made = self._torch(placed) if min(image.shape[-2:]) < LEAST else self._runner(placed)
        return made.mean(dim=1, keepdim=True) if grey else made

    @torch.inference_mode()
    def _torch(self, image: torch.Tensor) -> torch.Tensor:
        """``image`` (1, 3, h, w) float32 through the net as torch runs it."""
        a = self.arithmetic
        return self._net(image.to(device=a.device, dtype=a.dtype, memory_format=a.layout)).float().cpu()


def model_for(
    factor: float,
    name: str | None = None,
    style: Style | None = None,
    *,
    task: EnhanceTask = "enlarge",
    precision: Precision = "auto",
    device: str = "auto",
    tile: int | None = None,
    backwards: bool = False,
    steady: bool = False,
    engine: AskedEngine = "torch",
) -> Model:
    """The model ``name`` (bundled, or a file), or the bundled one for ``task``; to enlarge, the one of ``style``
    ("faithful" unless another is asked for) that suits ``factor`` times. Raises :class:`WeightsError` where name and
    style, or name and another task than to enlarge, are given.
    """
    if name is not None and style is not None:
        raise WeightsError(f"the model {name} and the style {style} are both asked for: give one of them")
    if name is not None and task in KEEPING:
        raise WeightsError(f"the model {name} and the task {task} are both asked for: give one of them")
    chosen = name or KEEPING.get(task) or suited(factor, style or "faithful")
    return Model(
        load(chosen),
        precision=precision,
        device=device,
        tile=tile,
        backwards=backwards,
        steady=steady,
        engine=engine,
    )


def target_for(target: Target, task: EnhanceTask, name: str | None, style: Style | None = None) -> Target:
    """``target``, which is the picture's own size where ``task``, or the model ``name``, keeps that.

    Raises :class:`SizeError` where another size, or a style, was asked for as well.
    """
    kept = task in KEEPING or (name is not None and card_of(name).scale == 1)
    if not kept:
        return target
    what = f"the task {task}" if task in KEEPING else f"the model {name}"
    if style is not None:
        raise SizeError(f"{what} has no styles: leave out --style {style}")
    if not target.open:
        raise SizeError(f"{what} keeps the size of a picture: leave out the size, and enlarge its result afterwards")
    return Target(otherwise=1.0)


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
