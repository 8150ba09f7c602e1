"""The page of a demonstration: the claim, what was done, what was seen, and whether it bears the claim out."""

from __future__ import annotations

import html

from ganvas.experiments.lab.demonstration import Shown
from ganvas.experiments.page import ANSWERS, spread
from ganvas.report.page import filled
from ganvas.report.tables import facts, table


def demonstration_page(shown: Shown, command: str) -> str:
    """The page of ``shown``; ``command`` is what makes it again."""
    demonstration, verdict = shown.demonstration, shown.verdict
    names = list(demonstration.measures)
    rows = [[case, *(spread(figures.get(name, ())) for name in names)] for case, figures in shown.figures.items()]
    return filled(
        "demonstration.html",
        f"Experiment {demonstration.name}",
        source=html.escape(demonstration.source),
        claim=html.escape(demonstration.claim),
        answer=ANSWERS[verdict.agrees],
        why=html.escape(verdict.why),
        told="".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in demonstration.told),
        charts=shown.charts,
        figures=table(["", *names], rows, "Figures"),
        conditions=f"Preset {shown.preset}; means over {shown.seeds} seeds ± half of their range.",
        measures=facts(dict(demonstration.measures)),
        command=html.escape(command),
    )
