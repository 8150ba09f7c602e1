"""The experiment from its first round to its site."""

from __future__ import annotations

from pathlib import Path

from ganvas.experiments.experiment import Preset
from ganvas.experiments.improved_singan.arms import ORIGINAL, SAMPLES, recipe
from ganvas.experiments.improved_singan.measuring import Bench
from ganvas.experiments.improved_singan.photos import photos_in
from ganvas.experiments.improved_singan.playing import play_photos
from ganvas.experiments.improved_singan.result import Result, measure
from ganvas.experiments.improved_singan.site import site_in, write_site
from ganvas.experiments.play import Watching


def conduct(
    preset: Preset, data: Path, output: Path, runs: Path, device: str, command: str, watching: Watching
) -> tuple[Result, Path]:
    """Trains all that the notes have on the photos in ``data`` and writes the site into ``output``.

    Gives the result and the path of the first page. What cannot be read, measured or written is found out before the
    work.
    """
    photos = photos_in(data, recipe(ORIGINAL, preset))
    target = site_in(output, preset)
    bench = Bench(SAMPLES[preset])
    played = play_photos(photos, preset, runs, device, watching)
    result = measure(photos, preset, played, bench)
    return result, write_site(result, target, command)
