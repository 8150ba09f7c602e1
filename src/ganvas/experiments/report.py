"""An experiment from its first round to its page."""

from __future__ import annotations

from pathlib import Path

from ganvas.experiments.digits import open_test_digits
from ganvas.experiments.examiner import Examiner
from ganvas.experiments.experiment import NEEDS, Experiment, ExperimentError, Preset
from ganvas.experiments.page import experiment_page
from ganvas.experiments.pairs import open_pairs, open_spoilt
from ganvas.experiments.pictures import open_pictures
from ganvas.experiments.play import Place, Watching, play
from ganvas.experiments.result import Result, weigh
from ganvas.report.page import write_page
from ganvas.report.text import ReportError, check_target


def conduct(
    experiment: Experiment,
    preset: Preset,
    place: Place,
    test: Path | None,
    output: Path,
    command: str,
    watching: Watching,
) -> tuple[Result, Path]:
    """Plays ``experiment``, measures it and writes NAME.html and NAME.json into ``output``.

    It is measured on the pictures or pairs in ``test``, or on the test digits beside those to learn from. Gives the
    result and the path of the page. What cannot be read or written is found out before the work.
    """
    examiner = examiner_of(experiment, place.data, test)
    page, figures = (output / f"{experiment.name}.{kind}" for kind in ("html", "json"))
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"the folder {output} cannot be made: {error.strerror or error}") from None
    check_target(page)
    played = play(experiment, preset, place, watching)
    result = weigh(experiment, preset, played, examiner)
    result.store(figures)
    write_page(page, experiment_page(result, command))
    return result, page


def examiner_of(experiment: Experiment, data: Path, test: Path | None) -> Examiner:
    """The test set of ``experiment``, in ``test`` or in ``data``; ExperimentError where it wants the other one."""
    if (test is None) != (experiment.measured_on == "digits"):
        raise ExperimentError(f"the experiment {experiment.name} needs {NEEDS[experiment.measured_on]}")
    if test is None:
        return open_test_digits(data)
    match experiment.measured_on:
        case "pairs":
            return open_pairs(test)
        case "shaken pictures" | "hazy pictures":
            return open_spoilt(test, experiment.measured_on)
        case _:
            return open_pictures(test)
