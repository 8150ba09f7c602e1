"""An experiment from its first round to its page."""

from __future__ import annotations

from pathlib import Path

from ganvas.experiments.digits import open_test_digits
from ganvas.experiments.examiner import Examiner
from ganvas.experiments.experiment import NEEDS, Experiment, ExperimentError, Preset
from ganvas.experiments.moving import store_film
from ganvas.experiments.page import experiment_page
from ganvas.experiments.pairs import open_pairs, open_spoilt
from ganvas.experiments.pictures import open_pictures
from ganvas.experiments.play import Place, Watching, play
from ganvas.experiments.points import PointReading
from ganvas.experiments.result import Result, weigh
from ganvas.report.page import write_page
from ganvas.report.text import check_target, make_folder


def conduct(
    experiment: Experiment,
    preset: Preset,
    place: Place,
    test: Path | None,
    output: Path,
    command: str,
    watching: Watching,
) -> tuple[Result, Path]:
    """Plays ``experiment``, measures it and writes NAME.html and NAME.json into ``output``; of points NAME.gif too.

    It is measured on the pictures or pairs in ``test``, on the test digits beside those to learn from, or on what its
    generators make of nothing. Gives the result and the path of the page. What cannot be read or written is found out
    before the work.
    """
    examiner = examiner_of(experiment, place.data, test)
    page, figures = (output / f"{experiment.name}.{kind}" for kind in ("html", "json"))
    make_folder(output)
    check_target(page)
    played = play(experiment, preset, place, watching)
    result = weigh(experiment, preset, played, examiner)
    result.store(figures)
    if isinstance(examiner, PointReading):
        store_film(examiner.film([run for run in played if run.seed == 0]), page.with_suffix(".gif"))
    write_page(page, experiment_page(result, command))
    return result, page


def examiner_of(experiment: Experiment, data: Path | None, test: Path | None) -> Examiner:
    """What measures ``experiment``, out of ``test``, ``data`` or neither; ExperimentError where it wants others."""
    match (experiment.measured_on, data, test):
        case "nothing", None, None:
            return PointReading()
        case "digits", Path(), None:
            return open_test_digits(data)
        case "pairs", Path(), Path():
            return open_pairs(test)
        case "shaken pictures" | "hazy pictures", Path(), Path():
            return open_spoilt(test, experiment.measured_on)
        case "pictures", Path(), Path():
            return open_pictures(test)
        case _:
            raise ExperimentError(f"the experiment {experiment.name} needs {NEEDS[experiment.measured_on]}")
