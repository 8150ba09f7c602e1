"""An experiment from its first round to its page."""

from __future__ import annotations

from pathlib import Path

from ganvas.experiments.experiment import Experiment, Preset
from ganvas.experiments.page import experiment_page
from ganvas.experiments.play import Place, Watching, play
from ganvas.experiments.result import Result, truths_in, weigh
from ganvas.report.folders import title
from ganvas.report.page import write_page
from ganvas.report.text import ReportError, check_target


def conduct(
    experiment: Experiment,
    preset: Preset,
    place: Place,
    test: Path,
    output: Path,
    command: str,
    watching: Watching,
) -> tuple[Result, Path]:
    """Plays ``experiment``, measures it on the pictures in ``test`` and writes NAME.html and NAME.json into ``output``.

    Gives the result and the path of the page. What cannot be read or written is found out before the work.
    """
    page, figures = (output / f"{experiment.name}.{kind}" for kind in ("html", "json"))
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"the folder {output} cannot be made: {error.strerror or error}") from None
    check_target(page)
    truths = truths_in(test)
    played = play(experiment, preset, place, watching)
    result = weigh(experiment, preset, played, title(test), truths)
    result.store(figures)
    write_page(page, experiment_page(result, truths, command))
    return result, page
