"""The tables of the site, as HTML and, of the summary, as Markdown."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence

from ganvas.experiments.improved_singan.arms import ARMS, ORIGINAL, recipe
from ganvas.experiments.improved_singan.measuring import Measure
from ganvas.experiments.improved_singan.notes import FIELDS, SAID, Table
from ganvas.experiments.improved_singan.photos import Photo
from ganvas.experiments.improved_singan.result import ANSWERS, MEASURES, Result
from ganvas.experiments.verdict import Verdict
from ganvas.report.tables import cell, duration, table

WRITTEN: Mapping[Measure, Callable[[float], str]] = {
    "PSNR": "{:.2f}".format,
    "SSIM": "{:.3f}".format,
    "perceptual distance": "{:.3f}".format,
    "sample distance": lambda distance: f"{distance:.{3 if distance < 1 else 2 if distance < 10 else 0}f}",
    "diversity": "{:.2f}".format,
    "reconstruction error": "{:.1f}".format,
    "time": duration,
    "processor time": duration,
}

SUMMARY: tuple[Measure, ...] = tuple(measure for measure in MEASURES if measure not in ("time", "diversity"))
"""What tables of trainings have; the time by the clock is in those of the levels."""


def figures_table(result: Result, rows: Sequence[str], link: Callable[[str], str]) -> str:
    """The means of ``rows``, and what the notes and we say of them; ``link`` is where a row leads to, or ""."""
    heads = "".join(f"<th>{html.escape(head)}</th>" for head in _heads(result))
    body = "".join(f"<tr>{_name(row, link(row))}{_said(result, row)}{_means(result, row)}</tr>" for row in rows)
    region = 'class="wide figures" tabindex="0" role="region" aria-label="Figures"'
    return f"<div {region}><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"


def settings_table(result: Result, shown: Table) -> str:
    """What the arms of ``shown`` differ in."""
    heads = ["", *(FIELDS[name] for name in shown.fields)]
    rows = [[arm, *(cell(_settings(result, arm)[name]) for name in shown.fields)] for arm in (ORIGINAL, *shown.said)]
    return table(heads, rows, "Settings")


def times_table(result: Result, shown: Table, photo: Photo) -> str:
    """Rounds and seconds of each level of ``photo``."""
    arms, place = (ORIGINAL, *shown.said), result.photos.index(photo)
    outcomes = [result.outcomes[arm][place] for arm in arms]
    rows = [
        [f"level {levels[0].level}", *(f"{level.rounds:,} · {duration(level.seconds)}" for level in levels)]
        for levels in zip(*(outcome.levels for outcome in outcomes), strict=True)
    ]
    rows.append(["total", *(duration(outcome.figures["time"]) for outcome in outcomes)])
    return table(["rounds · time", *arms], rows, f"Times of {photo.name}")


def answer(verdict: Verdict) -> str:
    return f'<span class="{verdict.agrees}">{ANSWERS[verdict.agrees]}</span>'


def markdown(result: Result) -> str:
    """The summary as a table of Markdown."""
    lines = ["| " + " | ".join(_heads(result)) + " |", "|---" * len(_heads(result)) + "|"]
    for row in result.outcomes:
        words, ours = _words(result, row)
        lines.append(f"| {' | '.join([row, words, ours, *_cells(result, row)])} |")
    return "\n".join(lines) + "\n"


def written(result: Result, row: str, measure: Measure) -> str:
    mean = result.mean(row, measure)
    return "–" if mean is None else WRITTEN[measure](mean)


def _heads(result: Result) -> list[str]:
    return ["", "the notes", "here", *(result.meanings[measure][0] for measure in SUMMARY), "faster"]


def _name(row: str, link: str) -> str:
    title = html.escape(row)
    return f"<th>{f'<a href={chr(34)}{link}{chr(34)}>{title}</a>' if link else title}</th>"


def _means(result: Result, row: str) -> str:
    return "".join(f"<td>{html.escape(figure)}</td>" for figure in _cells(result, row))


def _cells(result: Result, row: str) -> list[str]:
    speed = result.speed(row)
    return [*(written(result, row, measure) for measure in SUMMARY), "–" if speed is None else f"{speed:.2f} x"]


def _said(result: Result, row: str) -> str:
    words, ours = _words(result, row)
    colour = result.verdicts[row].agrees if row in SAID else "undecided"
    return f'<td class="words">{html.escape(words)}</td><td class="{colour}">{ours}</td>'


def _words(result: Result, row: str) -> tuple[str, str]:
    return (SAID[row].words, ANSWERS[result.verdicts[row].agrees]) if row in SAID else ("–", "–")


def _settings(result: Result, arm: str) -> Mapping[str, object]:
    assert arm in ARMS
    return recipe(arm, result.preset).model_dump()
