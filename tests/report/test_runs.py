"""Pages of runs: whole in one file, true to what was logged, and there whatever is missing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganvas.errors import GanvasError
from ganvas.images import Picture, write
from ganvas.recipes.compact import CompactRecipe
from ganvas.recipes.gan import GANRecipe
from ganvas.report.asked import choice
from ganvas.report.compare import compare_page
from ganvas.report.curves import Guide
from ganvas.report.film import MOST, moments
from ganvas.report.record import Frame, read_record
from ganvas.report.run import run_page, write_run_page
from ganvas.report.text import ReportError
from ganvas.runs import Settings, train_into

Make = Callable[..., Picture]
VOID = {"meta", "link", "img", "input", "br", "path"}
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """A page read strictly: every tag is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return "|".join(text for text in self.texts if text)

    def all(self, tag: str, kind: str = "") -> list[dict[str, str | None]]:
        """The attributes of each ``tag``, of those with the class ``kind`` where one is given."""
        found = [held for name, held in self.found if name == tag]
        return [held for held in found if not kind or kind in (held.get("class") or "").split()]


def entry(stage: int, name: str, number: int, **players: Any) -> str:
    return json.dumps({"stage": stage, "name": name, "round": number, **players}) + "\n"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Path]:
    """``run("name", rate=0.1)``: a run of Compact in two stages, 40 and 20 rounds long, with its fields changed."""

    def make(name: str, **fields: Any) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        recipe = CompactRecipe(**{**CompactRecipe.presets["x2"], **fields})
        asked = {"recipe": "compact", "seed": 3, "fields": recipe.model_dump(mode="json")}
        (folder / "recipe.json").write_text(json.dumps(asked), encoding="utf-8")
        lines = [entry(0, "l1", number, generator={"l1": 1 / number}) for number in range(1, 41)]
        lines += [entry(1, "mse", number, generator={"mse": 0.125}, psnr=31.25) for number in (10, 20)]
        (folder / "log.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "timing.txt").write_text("l1: 40 rounds, 80.0 s\n", encoding="utf-8")
        return folder

    return make


def add_pictures(folder: Path, made: Make, seed: int = 0, sample: str = "leaf") -> None:
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    write(made(20, 20), pictures / f"input-{sample}.png")
    write(made(40, 40), pictures / f"target-{sample}.png")
    for number, (stage, at) in enumerate([(0, 1), (0, 20), (1, 20)]):
        write(made(40, 40, seed + number), pictures / f"stage-{stage:03}-round-{at:07}-{sample}.png")


def check_contained(text: str) -> Page:
    page = Page(text)
    for tag, held in page.found:
        for name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            address = held.get(name)
            assert address is None or address.startswith("data:") or (tag, name) == ("a", "href")
    assert not re.search(r"url\(|@import|src=[\"']?(//|http)", text)
    return page


def test_the_page_of_a_run_says_what_was_asked_for_and_what_came(
    run: Callable[..., Path], made: Make, tmp_path: Path
) -> None:
    folder = run("mine", rate=0.75)
    add_pictures(folder, made)
    page = check_contained(run_page(folder))
    for said in ("Run mine", "compact", "preset x2", "rate = 0.75", "recipe|compact|seed|3|rounds played|60"):
        assert said in page.text
    assert "rate|0.75|0.01" in page.text
    assert "l1|40|1 min 20 s|0.5 rounds/s" in page.text
    assert "mse|20|not ended|–" in page.text
    assert "generator: l1|0.02532 at round 40, lowest 0.02532" in page.text
    assert "generator: mse|0.125 at round 60" in page.text
    assert "psnr|31.25 at round 60" in page.text
    (paper,) = page.all("a")
    assert paper["href"] == CompactRecipe.paper.link
    assert write_run_page(folder).read_text(encoding="utf-8") == run_page(folder)


def test_the_slider_runs_over_the_pictures_of_the_whole_run(run: Callable[..., Path], made: Make) -> None:
    folder = run("mine")
    add_pictures(folder, made)
    page = check_contained(run_page(folder))
    (slider,) = page.all("input")
    assert (slider["max"], slider["value"], slider["data-stops"]) == ("2", "2", "1 20 60")
    frames = [held for tag, held in page.found if tag == "figure" and "data-at" in held]
    assert [(held["data-at"], "hidden" in held) for held in frames] == [("1", True), ("20", True), ("60", False)]
    assert [held["alt"] for held in page.all("img")] == [
        "input",
        *(f"leaf, {at} rounds" for at in (1, 20, 60)),
        "target",
    ]
    assert "round 20 of l1|round 20 of mse" in page.text


def test_one_picture_needs_no_slider_and_a_damaged_one_is_left_out(run: Callable[..., Path], made: Make) -> None:
    folder = run("mine")
    add_pictures(folder, made)
    for path in sorted((folder / "pictures").glob("stage-*"))[1:]:
        path.write_bytes(b"no picture")
    page = check_contained(run_page(folder))
    assert [held["alt"] for held in page.all("img")] == ["input", "leaf, 1 rounds", "target"]
    for path in (folder / "pictures").glob("stage-*-round-00000[2-9]*"):
        path.unlink()
    assert not check_contained(run_page(folder)).all("input")


def test_metrics_are_shown_with_their_protocol(run: Callable[..., Path]) -> None:
    folder = run("mine")
    means = [{"folder": "Set5", "method": "model", "psnr": "inf", "ssim": 0.98765, "ms_ssim": None}]
    held = {"protocol": {"description": "Y, 4 pixels cut"}, "means": means}
    (folder / "evaluation.json").write_text(json.dumps(held), encoding="utf-8")
    page = check_contained(run_page(folder))
    assert "set|method|PSNR (dB)|SSIM|MS-SSIM|Set5|model|∞|0.9877|–" in page.text
    assert "Protocol: Y, 4 pixels cut." in page.text


def test_guides_are_those_of_the_loss_or_of_the_caller(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    train_into(folder, GANRecipe(**GANRecipe.presets["smoke"]), None, Settings(device="cpu", log_every=1))
    text = check_contained(run_page(folder)).text
    assert "2 ln 2 = 1.386" in text
    assert f"{2 * math.log(2):.3f}" == "1.386"
    assert "preset smoke" in text
    assert "changed|none" in text
    asked = check_contained(run_page(folder, {("generator", "adversarial"): Guide(0.5, "half")})).text
    assert "half" in asked
    assert "2 ln 2" not in asked


def test_a_run_that_has_just_begun_has_a_page(run: Callable[..., Path]) -> None:
    folder = run("mine")
    (folder / "log.jsonl").unlink()
    (folder / "timing.txt").unlink()
    text = check_contained(run_page(folder)).text
    assert "Nothing has been logged yet." in text
    assert "rounds played|0" in text
    (folder / "log.jsonl").write_text("", encoding="utf-8")
    assert "Nothing has been logged yet." in check_contained(run_page(folder)).text


def test_a_last_line_cut_off_is_no_damage_and_others_are_told(run: Callable[..., Path]) -> None:
    folder = run("mine")
    whole = (folder / "log.jsonl").read_bytes()
    (folder / "log.jsonl").write_bytes(whole[:-20])
    record = read_record(folder)
    assert (record.rounds, record.faults) == (50, [])
    (folder / "log.jsonl").write_bytes(b'{"stage": 0\n[1, 2]\n\xff\xfe\n' + whole)
    record = read_record(folder)
    assert record.rounds == 60
    assert record.faults == ["3 of the 45 lines of log.jsonl cannot be read and are left out."]
    assert record.faults[0] in check_contained(run_page(folder)).text


def test_a_round_played_twice_counts_once(run: Callable[..., Path]) -> None:
    folder = run("mine")
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(entry(0, "l1", 40, generator={"l1": 7.0}))
    record = read_record(folder)
    assert record.rounds == 60
    assert [line.values for line in record.lines if (line.stage, line.round) == (0, 40)] == [{("generator", "l1"): 7.0}]


@pytest.mark.parametrize(
    "held", ["", "{", "[]", '{"recipe": 3, "fields": []}', '{"recipe": "unheard-of", "fields": {}}']
)
def test_a_recipe_that_cannot_be_understood_still_has_its_curves(held: str, run: Callable[..., Path]) -> None:
    folder = run("mine")
    for name in ("recipe.json", "evaluation.json"):
        (folder / name).write_text(held, encoding="utf-8")
    page = check_contained(run_page(folder))
    assert "generator: l1" in page.text
    assert "does not know" in page.text
    assert not page.all("a")


def test_what_is_no_run_is_one_sentence(tmp_path: Path, run: Callable[..., Path]) -> None:
    with pytest.raises(ReportError, match=r"there is no folder .*nowhere"):
        run_page(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(GanvasError, match=r"empty is not a run folder: it holds neither recipe\.json nor log\.jsonl"):
        run_page(tmp_path / "empty")
    with pytest.raises(ReportError, match="is not a run folder"):
        compare_page([run("mine"), tmp_path / "empty"])


def test_the_preset_is_the_one_that_explains_most(run: Callable[..., Path]) -> None:
    smoke = choice(read_record(run("smoke", **CompactRecipe.presets["smoke"])))
    plain = choice(read_record(run("plain", scale=3)))
    assert smoke is not None
    assert (smoke.preset, smoke.changed) == ("smoke", {"scale": (2, 4)})
    assert plain is not None
    assert (plain.preset, plain.changed) == (None, {"scale": (3, 4)})


def test_names_are_text_and_never_markup(run: Callable[..., Path], made: Make) -> None:
    sample = HOSTILE.replace("/", "")
    folder = run("<b>$title${x}")
    add_pictures(folder, made, sample=sample)
    (folder / "log.jsonl").write_text(entry(0, HOSTILE, 5, **{HOSTILE: {HOSTILE: 1.0}}), encoding="utf-8")
    for text in (run_page(folder), compare_page([folder, run("other")])):
        page = check_contained(text)
        assert "alert(1)" in page.text
        assert sum(tag == "script" for tag, _ in page.found) == 1
        assert not any("onerror" in held for _, held in page.found)
        assert "<b>$title${x}" in page.text


def test_runs_side_by_side(run: Callable[..., Path], made: Make) -> None:
    folders = [run("slow", rate=0.01), run("fast", rate=0.5, seed=1)]
    for seed, folder in enumerate(folders):
        add_pictures(folder, made, seed=10 * seed)
    (folders[0] / "timing.txt").write_text("l1: 40 rounds, 80.0 s\nmse: 20 rounds, 7200 s\n", encoding="utf-8")
    page = check_contained(compare_page(folders))
    assert "2 runs compared: slow, fast" in page.text
    assert "|slow|fast|rate|0.01|0.5|seed|0|1|Timing|" in page.text, "what is alike is left out"
    assert "mse|2 h 0 min, 0.00278 rounds/s|20 rounds, not ended" in page.text
    lines = [held["class"] for held in page.all("path") if (held.get("class") or "").startswith("line")]
    assert lines.count("line c1") >= 3
    assert "line raw c0" not in lines
    whole, close = page.all("img", "whole"), page.all("img", "detail")
    assert len(whole) == len(close) == 7, "the target and three of each run"
    places = {held["style"] for held in page.all("span", "place")}
    assert len(places) == 1, "the same square in all"
    assert re.findall(r"width: ([\d.]+)%", "".join(map(str, places))) == ["50.00"]
    (slider,) = page.all("input")
    assert slider["data-stops"] == "1 20 60"


def test_runs_of_different_pictures_are_not_cut_alike(run: Callable[..., Path], made: Make) -> None:
    folders = [run("a"), run("b")]
    for folder in folders:
        add_pictures(folder, made)
    write(made(40, 40, 99), folders[1] / "pictures/target-leaf.png")
    page = check_contained(compare_page(folders))
    assert "The runs were shown different pictures under this name." in page.text
    assert not page.all("img", "detail")


def test_runs_with_little_in_common_are_compared_all_the_same(
    run: Callable[..., Path], made: Make, tmp_path: Path
) -> None:
    ring = tmp_path / "ring"
    train_into(ring, GANRecipe(**GANRecipe.presets["smoke"]), None, Settings(device="cpu", log_every=1))
    begun = run("begun")
    (begun / "log.jsonl").unlink()
    mine = run("mine")
    add_pictures(mine, made)
    page = check_contained(compare_page([ring, begun, mine]))
    assert "recipe|gan|compact|compact" in page.text
    assert "No picture." in page.text
    assert "generator: adversarial" in page.text


def test_moments_are_few_and_hold_both_ends(tmp_path: Path, made: Make) -> None:
    write(made(4, 4), tmp_path / "small.png")
    frames = [Frame(at, at, 0, "a", tmp_path / "small.png") for at in range(1, 1001)]
    chosen = moments(frames)
    assert (len(chosen), chosen[0], chosen[-1]) == (MOST, 1, 1000)
    assert np.ptp(np.diff(chosen)) <= 1
    assert moments(frames[:3]) == [1, 2, 3]
