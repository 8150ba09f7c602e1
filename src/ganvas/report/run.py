"""The page of one run: what was asked for, how it went, what it looks like."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from ganvas.report import film
from ganvas.report.asked import Choice, choice, guides_of, paper_of
from ganvas.report.curves import Guide, chart, curve
from ganvas.report.folders import title
from ganvas.report.page import filled, write_page
from ganvas.report.record import Key, Record, read_record
from ganvas.report.tables import cell, duration, facts, metrics, table
from ganvas.training.folder import GRADIENT

RESUMED = "A stage that was stopped is counted over all sessions, less the rounds that were lost and played again."


def run_page(folder: Path, guides: Mapping[Key, Guide] | None = None) -> str:
    """The page of the run in ``folder``, as far as it has come; ``guides`` are lines in the charts of these terms.

    Raises :class:`ganvas.report.text.ReportError` for a folder that is no run.
    """
    record = read_record(folder)
    chosen = choice(record)
    return filled(
        "run.html",
        f"Run {title(folder)}",
        paper=_paper(record),
        faults=faults([record]),
        facts=facts(_facts(record, chosen)),
        curves=_curves(record, guides_of(record) if guides is None else guides),
        pictures=_pictures(record),
        metrics=f"<h2>Metrics</h2>{metrics(record)}" if metrics(record) else "",
        timing=_timing(record),
        changed=_changed(chosen),
        fields=facts({name: cell(value) for name, value in record.fields.items()}),
    )


def write_run_page(folder: Path) -> Path:
    """Writes the run's page beside its log and returns its path, ``folder``/report.html."""
    path = folder / "report.html"
    write_page(path, run_page(folder))
    return path


def asset(name: str) -> str:
    """The text of a file of this package."""
    return files("ganvas.report").joinpath(name).read_text(encoding="utf-8")


def faults(records: list[Record]) -> str:
    """What could not be read, by run where there are several."""
    said = [(record, fault) for record in records for fault in record.faults]
    texts = [f"{title(record.folder)}: {fault}" if len(records) > 1 else fault for record, fault in said]
    return "".join(f'<p class="fault">{html.escape(text)}</p>' for text in texts)


def term_title(key: Key) -> str:
    """What a curve is called."""
    player, term = key
    return f"{player}: {term}" if player else term


def unit(key: Key) -> str:
    """What stands at the axis of a curve."""
    player, term = key
    return "loss" if player and term != GRADIENT else ""


def pace(rounds: int, seconds: float) -> str:
    """How fast ``rounds`` were played."""
    return f"{rounds / seconds:.3g} rounds/s" if seconds else "–"


def _paper(record: Record) -> str:
    found = paper_of(record)
    if found is None:
        return html.escape(f"Recipe {record.recipe!r}, which this version of Ganvas does not know.")
    paper, address = found
    link = f'<a href="{html.escape(address)}" rel="noreferrer">{html.escape(paper.title)}</a>'
    return f"{link} ({html.escape(paper.authors)}, {paper.year})"


def _facts(record: Record, chosen: Choice | None) -> dict[str, str]:
    model = record.folder / "model.safetensors"
    shown = {"recipe": record.recipe or "–", "seed": cell(record.seed), "rounds played": f"{record.rounds:,}"}
    if chosen is not None:
        shown["settings"] = f"preset {chosen.preset}" if chosen.preset else "the recipe's own"
        shown["changed"] = ", ".join(f"{name} = {cell(value)}" for name, (value, _) in chosen.changed.items()) or "none"
    shown["begun"] = _moment(record.folder / "recipe.json")
    shown["latest entry"] = _moment(record.folder / "log.jsonl")
    shown["model"] = f"{model.name}, {model.stat().st_size / 1e6:.2f} MB" if model.is_file() else "not yet written"
    return shown


def _moment(path: Path) -> str:
    if not path.is_file():
        return "–"
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _curves(record: Record, guides: Mapping[Key, Guide]) -> str:
    drawn = ""
    for key in record.keys:
        guide = [guides[key]] if key in guides else []
        curves = [curve(term_title(key), record.lines, record.stages, key)]
        drawn += chart(term_title(key), curves, guide, record.stages, unit(key))
    if not drawn:
        return "<h2>Losses</h2><p>Nothing has been logged yet.</p>"
    note = "<p>Faint: as logged. Strong: the moving mean over a fifteenth of the entries.</p>"
    return f'<h2>Losses</h2>{note}<div class="charts">{drawn}</div>'


def _pictures(record: Record) -> str:
    chosen = film.moments(record.frames) if record.frames else []
    rows = "".join(_sample(record, name, chosen) for name in film.samples([record]))
    if not rows:
        return ""
    return f"<h2>Pictures over time</h2><div>{rows}{film.times(chosen, asset('film.js'))}</div>"


def _sample(record: Record, name: str, chosen: list[int]) -> str:
    low, high = (film.picture_at(each.get(name)) for each in (record.inputs, record.targets))
    moving = film.film(film.stills(record, name, chosen), name, film.image)
    if not moving:
        return ""
    kind = "sample three" if low is not None or high is not None else "sample"
    shown = film.figure(low, "input", "low") + moving + film.figure(high, "target")
    return f'<h3>{html.escape(name)}</h3>{film.sample_note(name)}<div class="{kind}">{shown}</div>'


def _timing(record: Record) -> str:
    rows = [
        [stage.name, f"{stage.rounds:,}", duration(stage.seconds), pace(stage.rounds, stage.seconds)]
        if stage.seconds is not None
        else [stage.name, f"{stage.rounds:,}", "not ended", "–"]
        for stage in record.stages
    ]
    if not rows:
        return ""
    shown = table(["stage", "rounds", "time", "pace"], rows, "Timing")
    return f"<h2>Timing</h2>{shown}<p>{RESUMED}</p>"


def _changed(chosen: Choice | None) -> str:
    if chosen is None or not chosen.changed:
        return ""
    rows = [[name, cell(value), cell(before)] for name, (value, before) in chosen.changed.items()]
    return table(
        ["setting", "here", f"preset {chosen.preset}" if chosen.preset else "default"], rows, "Changed settings"
    )
