"""The page of several runs, side by side: curves over each other, the same square of the same pictures."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from pathlib import Path

from ganvas.images import Picture
from ganvas.report import film
from ganvas.report.asked import differences, guides_of
from ganvas.report.curves import chart, curve, legend, swatch
from ganvas.report.detail import busiest, square
from ganvas.report.folders import titles
from ganvas.report.page import filled
from ganvas.report.record import Record, read_record
from ganvas.report.run import RESUMED, asset, faults, pace, term_title, unit
from ganvas.report.tables import cell, duration, metrics, table

SIDE = 64
"""Side, in pixels, of the square that is shown larger."""


def compare_page(folders: Sequence[Path]) -> str:
    """The page that compares the runs in ``folders``, each as far as it has come.

    Raises :class:`ganvas.report.text.ReportError` for a folder that is no run.
    """
    runs = {name: read_record(folder) for name, folder in titles(folders).items()}
    records, names = list(runs.values()), list(runs)
    return filled(
        "compare.html",
        f"{len(runs)} runs compared: {', '.join(names)}",
        legend=legend(names),
        faults=faults(records),
        curves=_curves(runs),
        pictures=_pictures(runs),
        differences=_differences(runs),
        timing=_timing(runs),
        metrics=_metrics(runs),
    )


def _curves(runs: dict[str, Record]) -> str:
    records = list(runs.values())
    layouts = [[(stage.name, stage.start) for stage in record.stages] for record in records]
    stages = records[0].stages if all(layout == layouts[0] for layout in layouts) else ()
    drawn = ""
    for key in dict.fromkeys(key for record in records for key in record.keys):
        curves = [curve(name, record.lines, record.stages, key) for name, record in runs.items()]
        guides = {guides_of(record)[key] for record in records if key in guides_of(record) and key in record.keys}
        drawn += chart(term_title(key), curves, sorted(guides, key=lambda guide: guide.value), stages, unit(key))
    if not drawn:
        return "<h2>Losses</h2><p>Nothing has been logged yet.</p>"
    note = "<p>Moving means over a fifteenth of the entries.</p>"
    return f'<h2>Losses</h2>{note}<div class="charts">{drawn}</div>'


def _pictures(runs: dict[str, Record]) -> str:
    chosen = {name: film.moments(record.frames) if record.frames else [] for name, record in runs.items()}
    rows = "".join(_sample(runs, sample, chosen) for sample in film.samples(runs.values()))
    if not rows:
        return ""
    stops = sorted({at for moments in chosen.values() for at in moments})
    note = "<p>Of each run the latest picture that it had made by then.</p>"
    return f"<h2>Pictures over time</h2>{note}<div>{rows}{film.times(stops, asset('film.js'))}</div>"


def _sample(runs: dict[str, Record], sample: str, chosen: dict[str, list[int]]) -> str:
    """The target, where there is one, and what every run made of it."""
    stills = [film.stills(record, sample, chosen[name]) for name, record in runs.items()]
    if not any(stills):
        return ""
    target, note = _common_target(list(runs.values()), sample)
    pictures = [still.picture for shown in stills for still in shown]
    draw = film.image
    if target is not None and all(_size(each) == _size(target) for each in pictures):
        draw = _closer(busiest(target, _side(target)), _side(target))
    films = ""
    for index, (name, shown) in enumerate(zip(runs, stills, strict=True)):
        head = f'<div class="who">{swatch(index)} {html.escape(name)}</div>'
        films += f"<div>{head}{film.film(shown, f'{sample}, {name}', draw) or '<p>No picture.</p>'}</div>"
    if target is not None:
        truth = f"<figure>{draw(target, f'{sample}, target')}</figure>"
        films = f'<div><div class="who">target</div>{truth}</div>{films}'
    return f'<h3>{html.escape(sample)}</h3>{film.sample_note(sample)}{note}<div class="sample">{films}</div>'


def _common_target(records: Sequence[Record], sample: str) -> tuple[Picture | None, str]:
    """The target of ``sample`` if all runs that have it have the same one, or a sentence that they have not."""
    shown = [each for record in records if (each := film.picture_at(record.targets.get(sample))) is not None]
    if any(_size(each) != _size(shown[0]) or (each.pixels != shown[0].pixels).any() for each in shown[1:]):
        return None, '<p class="fault">The runs were shown different pictures under this name.</p>'
    return (shown[0] if shown else None), ""


def _closer(corner: tuple[int, int], side: int) -> Callable[[Picture, str], str]:
    """Draws a picture, with a frame around the square at ``corner``, and that square large below it."""

    def draw(picture: Picture, alt: str) -> str:
        (top, left), width, height = corner, picture.width, picture.height
        shares = {"left": left / width, "top": top / height, "width": side / width, "height": side / height}
        place = "; ".join(f"{name}: {100 * share:.2f}%" for name, share in shares.items())
        whole = f'<div class="marked">{film.image(picture, alt)}<span class="place" style="{place}"></span></div>'
        return whole + film.image(square(picture, corner, side), f"{alt}, closer", "detail")

    return draw


def _side(picture: Picture) -> int:
    return min(SIDE, max(1, min(picture.width, picture.height) // 2))


def _size(picture: Picture) -> tuple[int, int]:
    return picture.width, picture.height


def _differences(runs: dict[str, Record]) -> str:
    rows = [[name, *(cell(value) for value in values)] for name, values in differences(list(runs.values())).items()]
    return table(["", *runs], rows, "Settings that differ") if rows else "<p>None.</p>"


def _timing(runs: dict[str, Record]) -> str:
    stages = dict.fromkeys(stage.name for record in runs.values() for stage in record.stages)
    rows = [[stage, *(_spent(record, stage) for record in runs.values())] for stage in stages]
    rows.append(["rounds played", *(f"{record.rounds:,}" for record in runs.values())])
    return table(["stage", *runs], rows, "Timing") + f"<p>{RESUMED}</p>"


def _spent(record: Record, name: str) -> str:
    found = [stage for stage in record.stages if stage.name == name]
    if not found:
        return "–"
    rounds, seconds = sum(stage.rounds for stage in found), found[-1].seconds
    return f"{duration(seconds)}, {pace(rounds, seconds)}" if seconds is not None else f"{rounds:,} rounds, not ended"


def _metrics(runs: dict[str, Record]) -> str:
    shown = "".join(f"<h3>{html.escape(name)}</h3>{held}" for name, each in runs.items() if (held := metrics(each)))
    return f"<h2>Metrics</h2>{shown}" if shown else ""
