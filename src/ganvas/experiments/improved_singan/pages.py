"""The pages of the site: one with all trainings, and one for each table of the notes."""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib.resources import files
from statistics import fmean
from string import Template

from ganvas.experiments.improved_singan.arms import ORIGINAL, SAMPLES, SETTINGS
from ganvas.experiments.improved_singan.gallery import beside_original, held_back, photos
from ganvas.experiments.improved_singan.notes import LEEWAY, MARGIN, SHORTER, TABLES, Table
from ganvas.experiments.improved_singan.photos import SCALE
from ganvas.experiments.improved_singan.result import BICUBIC, PATCHES, Result
from ganvas.experiments.improved_singan.tables import answer, figures_table, settings_table, times_table
from ganvas.report.tables import cell, duration, facts


def index_page(result: Result, command: str) -> str:
    """The first page; ``command`` is what makes the site again."""
    pages = {arm: f"{table.name}.html#{arm}" for table in TABLES for arm in table.said}
    bounds = {"margin": MARGIN, "leeway": LEEWAY, "shorter": -SHORTER}
    count = len(result.photos)
    parts = {
        "scale": str(SCALE),
        "tables": "".join(f'<li><a href="{each.name}.html">{each.title}</a>: {each.short}</li>' for each in TABLES),
        "photos": photos(result),
        "count": f"{count} photos" if count > 1 else "one photo",
        "figures": figures_table(result, list(result.outcomes), lambda row: pages.get(row, "")),
        "sampling": _sampling(result),
        **{name: f"{100 * share:.0f} %" for name, share in bounds.items()},
        "meanings": facts(dict(result.meanings.values())),
        "command": html.escape(command),
        "conditions": html.escape(_conditions(result)),
    }
    return _framed("Improved SinGAN, tried again", "index", _filled("index.html", parts))


def table_page(result: Result, table: Table) -> str:
    """The page of ``table``: its figures, and of each arm the pictures beside those of the original training."""
    times = [f"<h3>{html.escape(photo.name)}</h3>{times_table(result, table, photo)}" for photo in result.photos]
    rows = [BICUBIC, PATCHES, ORIGINAL, *table.said]
    parts = {
        "about": html.escape(table.about),
        "conclusion": html.escape(table.conclusion),
        "figures": figures_table(result, rows, lambda row: f"#{row}" if row in table.said else ""),
        "settings": settings_table(result, table),
        "opened": " open" if table is TABLES[0] else "",
        "times": "".join(times),
        "held": "".join(held_back(result, photo) for photo in result.photos),
        "arms": "".join(_arm(result, table, arm) for arm in table.said),
    }
    return _framed(table.title, table.name, _filled("table.html", parts))


def _arm(result: Result, table: Table, arm: str) -> str:
    said, verdict = table.said[arm], result.verdicts[arm]
    words = f"The notes: {html.escape(said.words)}. Here: {answer(verdict)}; {html.escape(verdict.why)}."
    return f'<section id="{arm}"><h2>{arm}</h2><p>{words}</p>{beside_original(result, arm)}</section>'


def _sampling(result: Result) -> str:
    """How long the engine that trains nothing takes for a sample."""
    evaluations = [outcome.evaluation for outcome in result.outcomes[PATCHES]]
    return duration(fmean(each.seconds for each in evaluations if each is not None))


def _conditions(result: Result) -> str:
    settings = ", ".join(f"{name} = {cell(value)}" for name, value in SETTINGS[result.preset].items())
    return (
        f"Preset {result.preset}: the recipe improved-singan with {settings or 'all as in the notes'};"
        f" {SAMPLES[result.preset]} samples of each photo. The trainings took {duration(result.spent)} of processor"
        f" time in all.{' These pictures mean nothing: it only tries the way.' if result.preset == 'smoke' else ''}"
    )


def _framed(title: str, page: str, content: str) -> str:
    """``content`` as a whole page, with the way to the others."""
    titles = {"index": "All trainings", **{table.name: table.title for table in TABLES}}
    links = "".join(
        f"<b>{said}</b>" if name == page else f'<a href="{name}.html">{said}</a>' for name, said in titles.items()
    )
    style = files("ganvas.report").joinpath("style.css").read_text("utf-8") + _own("site.css")
    parts = {"title": html.escape(title), "style": style, "links": links, "content": content, "script": _own("site.js")}
    return _filled("frame.html", parts)


def _filled(template: str, parts: Mapping[str, str]) -> str:
    return Template(_own(template)).substitute(parts)


def _own(name: str) -> str:
    return files("ganvas.experiments.improved_singan").joinpath(name).read_text("utf-8")
