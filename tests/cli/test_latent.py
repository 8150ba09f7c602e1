"""``ganvas latent`` as it is typed, on small models that were never trained."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner, Result

from ganvas.cli.main import app
from ganvas.images import Picture, read, write
from ganvas.latent.boundaries import recalled
from ganvas.latent.model import LatentError
from ganvas.weights import WeightsError


@pytest.fixture(scope="module")
def model(model_of: Callable[..., str]) -> str:
    """A DCGAN of 16 pixels a side whose pictures depend on their codes (8, uniform)."""
    return model_of("dcgan", spread=0.1)


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["latent", *words])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def failure(*words: str) -> BaseException | None:
    result = CliRunner().invoke(app, ["latent", *words])
    assert result.exit_code == 1
    return result.exception


def test_walk(model: str) -> None:
    made = run("walk", "-o", "walk.png", "--model", model, "--codes", "3", "--steps", "4")
    assert made.stdout.startswith("walk.png\nlinear: a step changes the picture by ")
    sheet = read(Path("walk.png"))
    run("walk", "-o", "longer.png", "--model", model, "--codes", "4", "--steps", "4")
    assert read(Path("longer.png")).height > sheet.height
    assert read(Path("longer.png")).width == sheet.width
    run("walk", "-o", "arc.png", "--model", model, "--codes", "3", "--steps", "4", "--way", "spherical", "--norms")
    assert Path("arc.png").read_bytes() != Path("walk.png").read_bytes()
    run("walk", "-o", "walk.gif", "--model", model, "--codes", "3", "--steps", "4")
    with Image.open("walk.gif") as film:
        assert film.n_frames == 12
        assert film.size == (176, 176)
    assert "smoothed" in run("walk", "-o", "s.gif", "--model", model, "--codes", "2", "--smooth", "2").stdout


def test_arithmetic(model: str) -> None:
    made = run("arithmetic", "-o", "sum.png", "--model", model, "--count", "50")
    assert [line.split(":")[0] for line in made.stdout.splitlines()] == ["sum.png", "stroke", "slant"]
    run("arithmetic", "-o", "ink.png", "--model", model, "--count", "50", "--plus", "ink=high", "--exemplars", "2")
    assert read(Path("ink.png")).height < read(Path("sum.png")).height, "one term in place of three"


def test_boundaries_and_edits_with_them(model: str) -> None:
    ink = ["-a", "ink", "-a", "size", "--model", model, "--count", "200", "--ratio", "0.2"]
    made = run("boundary", "-o", "b.png", *ink)
    assert made.stdout.splitlines()[:2] == ["b.png", "b.safetensors"]
    for word in ("ink:", "size:", "cosines", "correlations", "moved by 3"):
        assert word in made.stdout
    kept = recalled(Path("b.safetensors"), 8)
    assert list(kept) == ["ink", "size"]
    assert kept["ink"].validation > 0.5
    edits = ["--model", model, "--boundaries", "b.safetensors", "--pictures", "2", "--steps", "5"]
    plain = run("edit", "-o", "e.png", "-a", "ink", *edits).stdout.splitlines()
    assert plain[0] == "e.png"
    assert len(plain) == 2
    both = run("edit", "-o", "f.png", "-a", "ink", "--keep", "size", *edits).stdout.splitlines()
    assert len(both) == 3
    assert both[2].startswith("ink, size kept: ink ")
    assert read(Path("f.png")).height > read(Path("e.png")).height
    assert "holds no boundary of slant" in str(failure("edit", "-o", "g.png", "-a", "slant", *edits))
    assert "to change and to stay" in str(failure("edit", "-o", "g.png", "-a", "ink", "--keep", "ink", *edits))


def test_brush(model: str) -> None:
    stroke = np.zeros((16, 16, 3), np.float32)
    stroke[..., 1] = 1
    where = np.zeros((16, 16), np.float32)
    where[:8] = 1
    write(Picture(stroke, where), Path("stroke.png"))
    made = run("brush", "stroke.png", "-o", "a.png", "--model", model, "--steps", "20", "--nearness", "0").stdout
    missed = re.search(r"missed by ([\d.]+), before by ([\d.]+)", made)
    assert missed is not None
    assert float(missed[1]) < float(missed[2])
    run("brush", "stroke.png", "-o", "b.png", "--model", model, "--kind", "both", "--picture", "a.png", "--steps", "2")
    nothing = run("brush", "stroke.png", "-o", "c.png", "--model", model, "--scratch", "--steps", "2")
    assert "before" not in nothing.stdout
    assert read(Path("c.png")).height < read(Path("a.png")).height, "no picture before and no way from it"
    both = ("brush", "stroke.png", "-o", "d.png", "--model", model, "--scratch", "--picture", "a.png")
    assert "leave --picture or --scratch" in str(failure(*both))
    write(Picture(stroke), Path("plain.png"))
    assert "give a --mask" in str(failure("brush", "plain.png", "-o", "e.png", "--model", model))
    assert "no folder nowhere" in str(failure("brush", "stroke.png", "-o", "nowhere/x.png", "--model", model))


def test_invert(model: str) -> None:
    few = ["--model", model, "--count", "2", "--steps", "40", "--starts", "2"]
    made = run("invert", "-o", "i.png", *few).stdout
    assert "dB unknown pixels" in made
    assert "of the codes found again" in made
    run("invert", "-o", "j.png", *few, "--measure", "downsample", "--mirrored", "--landscape")
    write(Picture.from_tensor(torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(0))), "a.png")
    own = run("invert", "a.png", "-o", "k.png", *few, "--measure", "full").stdout
    assert "found again" not in own, "the code of a real picture is not known"
    assert "known code" in str(failure("invert", "a.png", "-o", "l.png", *few, "--landscape"))
    assert "above 0 and 1 at most" in str(failure("invert", "-o", "l.png", *few, "--share", "2"))


def test_complete(model: str) -> None:
    few = ["--model", model, "--count", "2", "--steps", "30", "--starts", "2"]
    made = run("complete", "-o", "c.png", *few).stdout
    assert made.startswith("c.png\nin the hole: completed ")
    mask = torch.ones(1, 16, 16)
    mask[:, 4:9, 4:9] = 0
    write(Picture.from_tensor(mask), "mask.png")
    run("complete", "-o", "d.png", *few, "--mask", "mask.png", "--blend", "--distance", "l1")
    write(Picture.from_tensor(torch.ones(1, 16, 16)), "white.png")
    assert "a mask with both" in str(failure("complete", "-o", "e.png", *few, "--mask", "white.png"))


def test_encode(model: str, model_of: Callable[..., str]) -> None:
    few = ["--model", model, "--count", "2", "--steps", "10"]
    made = run("encode", "-o", "e.png", *few, "--rounds", "2", "--save", "encoder.safetensors").stdout
    assert made.splitlines()[:2] == ["encoder.safetensors", "e.png"]
    assert "after 10 steps from the encoder's code" in made
    again = run("encode", "-o", "f.png", *few, "--encoder", "encoder.safetensors").stdout
    assert again.splitlines()[1:] == made.splitlines()[2:], "the kept encoder is the one that was trained"
    run("invert", "-o", "i.png", *few, "--encoder", "encoder.safetensors")
    bigan = run("encode", "-o", "g.png", "--model", model_of("bigan"), "--count", "2", "--mode", "encode").stdout
    assert "after" not in bigan
    assert "of codes" in bigan
    assert "ends in" in str(failure("encode", "-o", "h.png", *few, "--rounds", "1", "--save", "encoder.pth"))


def test_failures_are_one_sentence(model: str, bicubic_model: str) -> None:
    assert isinstance(failure("walk", "-o", "x.png", "--model", "nowhere"), WeightsError)
    assert "made to enlarge" in str(failure("walk", "-o", "x.png", "--model", bicubic_model))
    assert "there is no attribute 'colour'" in str(failure("boundary", "-o", "x.png", "-a", "colour", "--model", model))
    assert "need --classifier" in str(failure("edit", "-o", "x.png", "-a", "class-3", "--model", model))
    refused = failure("arithmetic", "-o", "x.png", "--plus", "stroke", "--model", model)
    assert isinstance(refused, LatentError)
    assert "stroke=high,slant=low" in str(refused)
    for command in ("arithmetic", "boundary", "edit", "invert", "complete", "encode", "walk"):
        assert "no folder nowhere" in str(failure(command, "-o", "nowhere/x.png", "--model", model))
    assert not list(Path().iterdir())
