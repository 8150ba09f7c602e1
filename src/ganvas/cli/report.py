"""``ganvas report``: the page of a run, or of several side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders; several are compared.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The page to write [default: RUN/report.html; comparison.html]."),
    ] = None,
) -> None:
    """Write one self-contained HTML page about a run, finished or not, or about several side by side."""
    from ganvas.report.compare import compare_page
    from ganvas.report.page import write_page
    from ganvas.report.run import run_page
    from ganvas.report.text import check_target

    alone = len(set(runs)) == 1
    target = output or (runs[0] / "report.html" if alone else Path("comparison.html"))
    if output is not None:
        check_target(output)
    write_page(target, run_page(runs[0]) if alone else compare_page(runs))
    typer.echo(target)
