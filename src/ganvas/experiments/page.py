"""The page of an experiment: the claim, what was measured, whether they agree."""

from __future__ import annotations

import html
from collections.abc import Sequence
from statistics import fmean

from ganvas.experiments.result import Result
from ganvas.experiments.verdict import Answer
from ganvas.report.curves import chart, curve, legend
from ganvas.report.page import filled
from ganvas.report.record import Record, read_record
from ganvas.report.run import term_title, unit
from ganvas.report.tables import cell, duration, facts, table

ANSWERS: dict[Answer, str] = {
    "agree": "The measurement agrees with the claim.",
    "disagree": "The measurement disagrees with the claim.",
    "undecided": "The measurement does not decide.",
}
LEAST = 0.0001
"""The figure below which it does not matter how small it is."""


def experiment_page(result: Result, command: str) -> str:
    """The page of ``result``; ``command`` is what makes it again."""
    experiment, verdict, examiner = result.experiment, result.verdict, result.examiner
    spent = sum(run.seconds for run in result.played)
    return filled(
        "experiment.html",
        f"Experiment {experiment.name}",
        source=html.escape(experiment.source),
        claim=html.escape(experiment.claim),
        answer=ANSWERS[verdict.agrees],
        why=html.escape(verdict.why),
        note=f"<p>{html.escape(experiment.note)}</p>" if experiment.note else "",
        figures=_figures(result),
        conditions=html.escape(_conditions(result)),
        measures=facts({name: examiner.meaning(name) for name in experiment.measures}),
        arms=_arms(result),
        curves=_curves(result),
        pictures=examiner.shown([run for run in result.played if run.seed == 0], experiment.measures),
        command=html.escape(command),
        spent=f"The runs took {duration(spent)} of processor time in all, measuring not counted.",
    )


def spread(values: Sequence[float]) -> str:
    r"""The mean of a figure over the seeds, and half of their range.

    >>> spread([2.0, 3.0]), spread([2.0]), spread([8e-7]), spread([0, 0]), spread([])
    ('2.5\xa0±\xa00.5', '2', '< 0.0001', '0', '–')
    """
    if not values:
        return "–"
    if not any(values):
        return "0"
    if max(map(abs, values)) < LEAST:
        return f"< {LEAST}"
    around = f"\u00a0±\u00a0{(max(values) - min(values)) / 2:.2g}" if len(values) > 1 else ""
    return f"{fmean(values):.4g}{around}"


def _figures(result: Result) -> str:
    names = result.experiment.measures
    rows = [[arm, *(spread(figures.get(name, ())) for name in names)] for arm, figures in result.figures.items()]
    if result.baseline:
        plain = ([result.baseline[name]] if name in result.baseline else [] for name in names)
        rows.append([result.examiner.beside, *map(spread, plain)])
    return table(["", *names], rows, "Figures")


def _conditions(result: Result) -> str:
    examiner, seeds = result.examiner, len({run.seed for run in result.played})
    measured = f"{examiner.count:,} {examiner.measured_on} of the folder {examiner.folder}"
    if examiner.measured_on == "nothing":
        measured = f"{examiner.count:,} samples of each generator"
    seeded = f"means over {seeds} seeds ± half of their range" if seeds > 1 else "one seed"
    return (
        f"Preset {result.preset}; {measured}; {seeded}."
        " A difference counts where it is larger than chance: half of Student's 95 % interval, by the spread of the"
        " seeds of the two arms."
    )


def _arms(result: Result) -> str:
    arms = result.experiment.arms[result.preset]
    fields = {label: arm.seeded(0).model_dump() for label, arm in arms.items()}
    rows: list[list[str]] = []
    shared: dict[str, str] = {}
    for label, arm in arms.items():
        others = [fields[other] for other, each in arms.items() if each.recipe == arm.recipe]
        varied = [name for name in fields[label] if any(other[name] != fields[label][name] for other in others)]
        spent = sum(run.seconds for run in result.played if run.arm == label)
        own = ", ".join(f"{name} = {cell(fields[label][name])}" for name in varied)
        rows.append([label, arm.recipe, own or "–", f"{result.parameters[label]:,}", duration(spent)])
        shared |= {f"{arm.recipe}: {name}": cell(value) for name, value in arm.settings.items() if name not in varied}
    heads = ["", "recipe", "differs in", "parameters", "processor time"]
    alike = f'<div class="wide"><table class="facts"><tbody>{facts(shared)}</tbody></table></div>'
    return table(heads, rows, "Arms") + f"<details><summary>What arms of one recipe share</summary>{alike}</details>"


def _curves(result: Result) -> str:
    runs: dict[str, Record] = {run.arm: read_record(run.folder) for run in result.played if run.seed == 0}
    drawn = ""
    for key in dict.fromkeys(key for record in runs.values() for key in record.keys):
        curves = [curve(label, record.lines, record.stages, key) for label, record in runs.items()]
        drawn += chart(term_title(key), curves, unit=unit(key))
    note = "<p>Of the first seed; moving means over a fifteenth of the entries.</p>"
    return f'<h2>Losses</h2>{note}{legend(list(runs))}<div class="charts">{drawn}</div>' if drawn else ""
