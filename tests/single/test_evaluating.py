"""What an evaluation says of samples: figures that must be nought, figures that must grow, and their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d

from ganvas import single
from ganvas.metrics import MetricError, diversity, psnr, sifid
from ganvas.nets.pyramid import Pyramid
from ganvas.pretrained import PretrainedError
from ganvas.single import evaluating
from ganvas.single.evaluating import Judge
from ganvas.single.patched import Patched
from ganvas.single.patches import PatchNeighbours


class Plain(nn.Module):
    """The colours themselves, at every second pixel, as if they were features of lite0."""

    def forward(self, image: torch.Tensor) -> Mapping[str, torch.Tensor]:
        return {"stage1": avg_pool2d(image, 2), "stage2": avg_pool2d(image, 4), "64": avg_pool2d(image, 2)}


@pytest.fixture
def judge() -> Judge:
    return Judge("lite0", Plain())


def test_the_figures_are_those_of_the_samples(pyramid: Pyramid, judge: Judge) -> None:
    heard = list[tuple[int, int]]()
    figures = single.evaluate(pyramid, judge, 3, 1, 7, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    made = [picture.tensor().mul(255).round().div(255) for picture in single.sample(pyramid, 3, 1, 7)]
    real = pyramid.real(len(pyramid.levels) - 1)
    expected = [sifid(judge.net, "lite0", one, real).value for one in made]
    assert [one.value for one in figures.sifid] == pytest.approx(expected)
    assert figures.mean == pytest.approx(sum(expected) / 3)
    assert figures.deviation == pytest.approx(torch.tensor(expected).std().item(), rel=1e-4)
    assert figures.diversity == pytest.approx(diversity(torch.cat(made), real))
    again = pyramid.draw(noise="rec").mul(255).round()
    assert figures.psnr == pytest.approx(psnr(again, 255 * real), abs=1e-4)
    assert figures.rmse == pytest.approx((again - 255 * real).square().mean().sqrt().item(), rel=1e-4)
    assert (figures.engine, figures.size, figures.start_level, figures.seed) == ("trained", (60, 80), 1, 7)
    assert figures.seconds > 0


def test_the_photo_itself_is_at_no_distance(judge: Judge) -> None:
    """Without noise every sample of the patches is the photo."""
    image = torch.rand(1, 3, 34, 40, generator=torch.Generator().manual_seed(0)).mul(255).round().div(255)
    figures = single.evaluate(Patched(image, PatchNeighbours(noise=0.0, iterations=1)), judge, 2)
    assert figures.mean == pytest.approx(0, abs=1e-6)
    assert figures.diversity == 0
    assert (figures.engine, figures.psnr, figures.rmse) == ("patches", None, None)
    assert figures.as_json()["reconstruction"] is None


def test_a_later_start_is_less_various_and_nearer(pyramid: Pyramid, judge: Judge) -> None:
    early, late = (single.evaluate(pyramid, judge, 4, level) for level in (0, len(pyramid.levels) - 1))
    assert early.diversity > late.diversity > 0
    assert (early.psnr, early.rmse) == (late.psnr, late.rmse)


def test_what_stands_in_is_never_called_sifid(pyramid: Pyramid, judge: Judge) -> None:
    offline = single.evaluate(pyramid, judge, 2, layer="paper")
    said = json.loads(json.dumps(offline.as_json()))
    assert said["sifid"]["label"] == "SIFID (lite0 features, layer of the paper)"
    assert not said["sifid"]["official"]
    assert len(said["sifid"]["values"]) == said["samples"] == 2
    assert any("not SIFID" in sentence for sentence in said["conditions"])
    official = single.evaluate(pyramid, Judge("inception", Plain()), 2)
    assert official.as_json()["sifid"]["official"]
    assert not any("not SIFID" in sentence for sentence in official.conditions())


def test_an_infinite_psnr_is_no_number_in_json(pyramid: Pyramid, judge: Judge) -> None:
    perfect = replace(single.evaluate(pyramid, judge, 2), psnr=float("inf"), rmse=0.0)
    assert perfect.as_json()["reconstruction"] == {"psnr": None, "rmse": 0.0}


def test_what_cannot_be_measured_is_said(pyramid: Pyramid, judge: Judge) -> None:
    with pytest.raises(single.SingleError, match="1 samples cannot be told apart"):
        single.evaluate(pyramid, judge, 1)
    with pytest.raises(single.SingleError, match="level 99 does not exist"):
        single.evaluate(pyramid, judge, 2, 99)
    with pytest.raises(MetricError, match="at least 32 pixels"):
        single.evaluate(Patched(torch.rand(1, 3, 24, 40), PatchNeighbours(iterations=1)), judge, 2)


def test_inception_is_taken_where_its_weights_are_and_else_what_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    asked = list[str]()

    def eyes(name: str) -> nn.Module:
        asked.append(name)
        if name == "lite0":
            raise PretrainedError("lite0 is not installed")
        return Plain()

    monkeypatch.setattr(evaluating, "eyes", eyes)
    assert single.judge().name == "vgg16-hed"
    assert asked == ["lite0", "vgg16-hed"]
    (tmp_path / "pt_inception-2015-12-05-6726825d.pth").touch()
    assert single.judge().name == "inception"
    assert single.judge("vgg16-hed").name == "vgg16-hed"
    with pytest.raises(PretrainedError):
        single.judge("lite0")
