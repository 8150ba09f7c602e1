"""A model as a file for other engines: made, opened again and held to torch before anyone else relies on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ganvas.enhancement.engines import PACKAGES, TOLERANCE, Difference, OpenVINONet, differences, opened, repeatable
from ganvas.enhancement.graphs import (
    HINT,
    HINTS,
    SUFFIX,
    ExportError,
    Format,
    Numbers,
    exportable,
    onnx_of,
    package,
    write,
)
from ganvas.enhancement.model import ENHANCING
from ganvas.enhancement.switches import calm, turn
from ganvas.weights import Card, load


@dataclass(frozen=True)
class Exported:
    """A file that was written, in which ``numbers`` it ran here, and how far from torch it was."""

    path: Path
    card: Card
    format: Format
    asked: Numbers
    numbers: Numbers
    differences: list[Difference]

    @property
    def lines(self) -> list[str]:
        """What its owner should know, a line each."""
        sizes = ", ".join(f"{n} x 3 x {h} x {w}: {value:.1e}" for (n, h, w), value in self.differences)
        most = TOLERANCE[self.asked]
        lines = [
            f"{self.path}: {self.card.name} for any number of pictures of any size, with its card inside",
            f"largest difference from torch in {self.numbers}: {sizes} (allowed: {most:.1e})",
        ]
        if self.format == "openvino":
            lines.append(
                f"open it with {HINT}={HINTS[self.asked]}: OpenVINO left to itself runs bf16 where the processor has it"
            )
        if self.asked != self.numbers:
            lines.append(f"this processor has no {self.asked}: it was checked in {self.numbers}")
        return lines


def export(
    source: str | Path,
    format: Format,
    path: Path | None = None,
    numbers: Numbers = "fp32",
    *,
    backwards: bool = False,
    steady: bool = False,
) -> Exported:
    """The model ``source`` (bundled, or a file) written to ``path``, by default ``NAME.onnx`` or ``NAME.xml`` here.

    ``backwards`` is the other direction of a net that has two, called ``NAME-backwards``; ``steady`` switches off the
    dropout that some nets leave on. What is written was run first, at several sizes, and is as good as torch. Raises
    :class:`GanvasError` otherwise.
    """
    if format == "onnx" and numbers == "bf16":
        raise ExportError("an ONNX file is exported in fp32: leave out --precision bf16, or export --to openvino")
    if path is not None:
        _checked(path, format)
    product = load(source)
    net, card = product.net, product.card
    if backwards:
        turn(net, card.name)
        card = card.model_copy(update={"name": f"{card.name}-backwards"})
    if steady:
        calm(net)
    if card.task not in ENHANCING:
        raise ExportError(f"the model {card.name} makes no picture of one: it is made to {card.task}, and not exported")
    exportable(card)
    target = path or _checked(Path(f"{card.name}{SUFFIX[format]}"), format)
    for name in PACKAGES[format]:
        package(name, f"checking what is exported to {format}")
    repeatable(net, card)
    content = onnx_of(net, card)
    run = opened(content, format, numbers)
    found = differences(net, run, card, numbers)
    write(target, content, card, numbers)
    return Exported(target, card, format, numbers, run.numbers if isinstance(run, OpenVINONet) else "fp32", found)


def _checked(path: Path, format: Format) -> Path:
    if path.suffix != SUFFIX[format]:
        raise ExportError(f"{path} would be a file of {format}: give it a name that ends in {SUFFIX[format]}")
    if not path.parent.is_dir():
        raise ExportError(f"{path} cannot be written: there is no folder {path.parent}")
    if path.is_dir():
        raise ExportError(f"{path} cannot be written: it is a folder")
    return path
