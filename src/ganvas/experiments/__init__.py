"""Claims of papers and notes as commands: what is claimed, what was measured, whether they agree.

The table below is all there is; nothing registers itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from ganvas.experiments.espcn_output import ESPCN_OUTPUT
from ganvas.experiments.experiment import SEEDS, Arm, Experiment, ExperimentError, Preset
from ganvas.experiments.feature_loss import FEATURE_LOSS
from ganvas.experiments.last_rate import LAST_RATE
from ganvas.experiments.one_sided import ONE_SIDED
from ganvas.experiments.pooling import POOLING
from ganvas.experiments.training_kernel import TRAINING_KERNEL
from ganvas.experiments.two_steps import TWO_STEPS

EXPERIMENTS: Mapping[str, Experiment] = {
    experiment.name: experiment
    for experiment in (ESPCN_OUTPUT, LAST_RATE, FEATURE_LOSS, TWO_STEPS, POOLING, ONE_SIDED, TRAINING_KERNEL)
}


def find(name: str) -> Experiment:
    """The experiment called ``name``."""
    if name not in EXPERIMENTS:
        close = difflib.get_close_matches(name, EXPERIMENTS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(EXPERIMENTS)}"
        raise ExperimentError(f"there is no experiment {name!r}: {hint}")
    return EXPERIMENTS[name]


__all__ = ["EXPERIMENTS", "SEEDS", "Arm", "Experiment", "ExperimentError", "Preset", "find"]
