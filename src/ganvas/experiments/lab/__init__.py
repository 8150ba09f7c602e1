"""The lab: what GANs can learn at all, shown on distributions that are known. The table below is all there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.architectures import ARCHITECTURES
from ganvas.experiments.lab.demonstration import Demonstration, Shown, demonstrate
from ganvas.experiments.lab.gradient_penalty import GRADIENT_PENALTY
from ganvas.experiments.lab.inversion import INVERSION
from ganvas.experiments.lab.learnt_density import LEARNT_DENSITY
from ganvas.experiments.lab.loss_and_quality import LOSS_AND_QUALITY
from ganvas.experiments.lab.optimal_discriminator import OPTIMAL_DISCRIMINATOR
from ganvas.experiments.lab.page import demonstration_page
from ganvas.experiments.lab.parallel_lines import PARALLEL_LINES
from ganvas.experiments.lab.progan_growing import PROGAN_GROWING
from ganvas.experiments.lab.truncation import TRUNCATION
from ganvas.experiments.lab.two_gaussians import TWO_GAUSSIANS
from ganvas.experiments.lab.vanishing_gradient import VANISHING_GRADIENT
from ganvas.experiments.play import Watching
from ganvas.report.page import write_page
from ganvas.report.text import check_target, make_folder

DEMONSTRATIONS: Mapping[str, Demonstration] = {
    each.name: each
    for each in (
        LEARNT_DENSITY,
        OPTIMAL_DISCRIMINATOR,
        TWO_GAUSSIANS,
        PARALLEL_LINES,
        VANISHING_GRADIENT,
        LOSS_AND_QUALITY,
        ARCHITECTURES,
        TRUNCATION,
        PROGAN_GROWING,
        GRADIENT_PENALTY,
        INVERSION,
    )
}


def conduct(
    demonstration: Demonstration,
    preset: Preset,
    output: Path,
    command: str,
    watching: Watching,
    data: Path | None = None,
) -> tuple[Shown, Path]:
    """Plays ``demonstration`` and writes NAME.html and NAME.json into ``output``: what was shown, and the page."""
    page, figures = (output / f"{demonstration.name}.{kind}" for kind in ("html", "json"))
    make_folder(output)
    check_target(page)
    shown = demonstrate(demonstration, preset, watching, data)
    shown.store(figures)
    write_page(page, demonstration_page(shown, command))
    return shown, page
