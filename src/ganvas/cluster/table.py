"""What the runs of a table have come to: the last figures of each, as Markdown, JSON and a page."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ganvas.cluster.sweep import Cell, is_finished
from ganvas.report.compare import compare_page
from ganvas.report.page import write_page
from ganvas.report.record import read_record
from ganvas.report.run import term_title
from ganvas.report.tables import cell as shown
from ganvas.report.text import write_text


def figures(cell: Cell) -> dict[str, float]:
    """The last line of the run's log, each figure by its player and term; nothing where it has not logged any."""
    if not (cell.folder / "recipe.json").is_file():
        return {}
    lines = read_record(cell.folder).lines
    return {term_title(key): value for key, value in lines[-1].values.items()} if lines else {}


def write_table(folder: Path, cells: Sequence[Cell], failures: Mapping[Path, str]) -> tuple[str, Path | None]:
    """Writes table.md, table.json and, of the runs that have begun, comparison.html into ``folder``; returns the table
    as Markdown and the path of the page, if there is one.
    """
    rows = [
        {
            "run": cell.folder.name,
            **{"settings": dict(cell.chosen), "seed": cell.seed, "finished": is_finished(cell)},
            "failure": failures.get(cell.folder),
            "figures": figures(cell),
        }
        for cell in cells
    ]
    means = _means(rows)
    write_text(folder / "table.json", json.dumps({"runs": rows, "means": means}, indent=2) + "\n")
    text = _of_runs(rows) + (_of_means(means) if max(cell.seed for cell in cells) else "")
    write_text(folder / "table.md", text)
    begun = [cell.folder for cell, row in zip(cells, rows, strict=True) if row["figures"]]
    if not begun:
        return text, None
    page = folder / "comparison.html"
    write_page(page, compare_page(begun))
    return text, page


def _of_runs(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row["figures"]))
    keys = list(dict.fromkeys(key for row in rows for key in row["settings"]))
    lines = [
        [
            *(row["settings"].get(key, "–") for key in keys),
            str(row["seed"]),
            "failed" if row["failure"] else "yes" if row["finished"] else "not yet",
            *(shown(row["figures"].get(name)) for name in names),
        ]
        for row in rows
    ]
    return _markdown([*keys, "seed", "finished", *names], lines)


def _means(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of the finished runs, over the seeds: mean and standard deviation (None of one run) of each figure."""
    groups: dict[tuple[tuple[str, str], ...], list[Mapping[str, float]]] = {}
    for row in rows:
        if row["finished"]:
            groups.setdefault(tuple(row["settings"].items()), []).append(row["figures"])
    means: list[dict[str, Any]] = []
    for settings, found in groups.items():
        columns = {name: [each[name] for each in found if name in each] for name in found[0]}
        pairs = {
            name: {"mean": statistics.fmean(values), "std": statistics.stdev(values) if len(values) > 1 else None}
            for name, values in columns.items()
        }
        means.append({"settings": dict(settings), "runs": len(found), "figures": pairs})
    return means


def _of_means(means: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for each in means for name in each["figures"]))
    keys = list(dict.fromkeys(key for each in means for key in each["settings"]))
    lines = [
        [*each["settings"].values(), str(each["runs"]), *(_spread(each["figures"].get(name)) for name in names)]
        for each in means
    ]
    return "\nMeans and standard deviations over seeds:\n\n" + _markdown([*keys, "seeds", *names], lines)


def _spread(pair: Mapping[str, float | None] | None) -> str:
    if pair is None:
        return "–"
    return shown(pair["mean"]) if pair["std"] is None else f"{shown(pair['mean'])} ± {shown(pair['std'])}"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |\n"

    return line(heads) + "|" + "---|" * len(heads) + "\n" + "".join(line(row) for row in rows)
