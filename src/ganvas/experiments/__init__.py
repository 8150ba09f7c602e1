"""Claims of papers and notes as commands: what is claimed, what was measured, whether they agree.

The table below is all there is; nothing registers itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from ganvas.experiments.candy_loss import CANDY_LOSS
from ganvas.experiments.deblurgan_loss import DEBLURGAN_LOSS
from ganvas.experiments.digit_pooling import DIGIT_POOLING
from ganvas.experiments.espcn_output import ESPCN_OUTPUT
from ganvas.experiments.experiment import SEEDS, Arm, Experiment, ExperimentError, Preset
from ganvas.experiments.feature_loss import FEATURE_LOSS
from ganvas.experiments.improved_singan import CLAIM as SITE_CLAIM
from ganvas.experiments.improved_singan import NAME as SITE
from ganvas.experiments.lab import DEMONSTRATIONS
from ganvas.experiments.last_rate import LAST_RATE
from ganvas.experiments.one_sided import ONE_SIDED
from ganvas.experiments.pix2pix_generator import PIX2PIX_GENERATOR
from ganvas.experiments.pix2pix_loss import PIX2PIX_LOSS
from ganvas.experiments.pix2pix_patches import PIX2PIX_PATCHES
from ganvas.experiments.pooling import POOLING
from ganvas.experiments.ring import RING
from ganvas.experiments.training_kernel import TRAINING_KERNEL
from ganvas.experiments.two_steps import TWO_STEPS

EXPERIMENTS: Mapping[str, Experiment] = {
    experiment.name: experiment
    for experiment in (
        ESPCN_OUTPUT,
        LAST_RATE,
        FEATURE_LOSS,
        TWO_STEPS,
        POOLING,
        DIGIT_POOLING,
        ONE_SIDED,
        TRAINING_KERNEL,
        PIX2PIX_LOSS,
        PIX2PIX_GENERATOR,
        PIX2PIX_PATCHES,
        DEBLURGAN_LOSS,
        CANDY_LOSS,
        RING,
    )
}

SITES: Mapping[str, str] = {SITE: SITE_CLAIM}
"""The claims of what is no single page and is conducted in its own way."""


def find(name: str) -> Experiment:
    """The experiment called ``name``."""
    if name not in EXPERIMENTS:
        known = [*EXPERIMENTS, *DEMONSTRATIONS, *SITES]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
        raise ExperimentError(f"there is no experiment {name!r}: {hint}")
    return EXPERIMENTS[name]


__all__ = ["DEMONSTRATIONS", "EXPERIMENTS", "SEEDS", "SITES", "Arm", "Experiment", "ExperimentError", "Preset", "find"]
