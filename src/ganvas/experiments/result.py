"""What an experiment came to: its figures, and the verdict on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ganvas.experiments.examiner import Examiner
from ganvas.experiments.experiment import Experiment, Preset
from ganvas.experiments.measures import Name
from ganvas.experiments.play import Played
from ganvas.experiments.verdict import Figures, Verdict
from ganvas.report.text import write_json
from ganvas.weights import card_of


@dataclass(frozen=True)
class Result:
    """``figures`` by arm, taken by ``examiner``; ``baseline`` those of what stands beside them;
    ``parameters`` of each arm's net.
    """

    experiment: Experiment
    preset: Preset
    played: Sequence[Played]
    examiner: Examiner
    figures: Figures
    baseline: Mapping[Name, float]
    parameters: Mapping[str, int]

    @property
    def verdict(self) -> Verdict:
        return self.experiment.verdict(self.figures)

    def as_json(self) -> dict[str, Any]:
        """All of it that is not in the run folders, with each arm's settings."""
        arms = self.experiment.arms[self.preset]
        return {
            "experiment": self.experiment.name,
            "claim": self.experiment.claim,
            "preset": self.preset,
            "verdict": asdict(self.verdict),
            "test": self._test(),
            "arms": {label: {"recipe": arm.recipe, "settings": dict(arm.settings)} for label, arm in arms.items()},
            "figures": self.figures,
            **({self.examiner.beside: self.baseline} if self.baseline else {}),
            "parameters": self.parameters,
            "cpu_seconds": {f"{run.arm}, seed {run.seed}": round(run.seconds, 3) for run in self.played},
        }

    def _test(self) -> dict[str, Any]:
        examiner = self.examiner
        if examiner.measured_on == "nothing":
            return {"samples": examiner.count}
        return {"folder": examiner.folder, examiner.measured_on: examiner.count}

    def store(self, path: Path) -> None:
        """Writes :meth:`as_json` to ``path``."""
        write_json(path, self.as_json())


def weigh(experiment: Experiment, preset: Preset, played: Sequence[Played], examiner: Examiner) -> Result:
    """Has ``examiner`` measure every run of ``played``."""
    figures: dict[str, dict[str, list[float]]] = {run.arm: {} for run in played}
    parameters: dict[str, int] = {}
    for run in played:
        for name, figure in examiner.figures(run, experiment.measures).items():
            figures[run.arm].setdefault(name, []).append(figure)
        parameters[run.arm] = card_of(run.model).parameters
    baseline = examiner.baseline(played[0], experiment.measures)
    return Result(experiment, preset, played, examiner, figures, baseline, parameters)
