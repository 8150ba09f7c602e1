"""`ganvas export`, and `ganvas enhance --engine`, as a person calls them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.enhancement.engines import identity
from ganvas.enhancement.graphs import card_in, onnx_of
from ganvas.errors import GanvasError
from ganvas.weights import Card, card_of


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def model(model_of: Callable[..., str]) -> str:
    return model_of("compact", spread=0.02)


@pytest.fixture
def engines() -> None:
    for name in ("onnx", "onnxscript", "onnxruntime", "openvino"):
        pytest.importorskip(name, reason="comes with pip install 'ganvas[export]'")


@pytest.fixture(scope="session", autouse=True)
def traced_once() -> Generator[None]:
    """Tracing takes seconds: what was traced in one test serves the next."""
    known = dict[str, bytes]()

    def remembering(net: nn.Module, card: Card) -> bytes:
        key = identity(net, card)
        if key not in known:
            known[key] = onnx_of(net, card)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ganvas.enhancement.exporting.onnx_of", remembering)
        patched.setattr("ganvas.enhancement.engines.onnx_of", remembering)
        yield


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and all that is said."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, GanvasError):
        return 1, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize(("format", "name"), [("onnx", "a.onnx"), ("openvino", "a.xml")])
def test_export(format: str, name: str, model: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    code, said = run("export", model, "--to", format, "-o", folder / name)
    assert code == 0, said
    assert "largest difference from torch in fp32: 1 x 3 x 16 x 17: " in said
    assert "allowed: 1.0e-04" in said
    assert ("INFERENCE_PRECISION_HINT=f32" in said) == (format == "openvino")
    assert card_in(folder / name) == card_of(model)
    assert len(list(folder.iterdir())) == (2 if format == "openvino" else 1)


@pytest.mark.usefixtures("engines")
def test_the_picture_of_every_engine_is_torchs(model: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(60, 180, (45, 70, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    made = dict[str, np.ndarray]()
    for engine in ("torch", "onnx", "openvino", "auto"):
        target = tmp_path / f"{engine}.png"
        code, said = run(
            "enhance", tmp_path / "a.png", "--model", model, "--engine", engine, "-o", target, "--precision", "fp32"
        )
        assert code == 0, said
        assert ("run by" in said) == (engine != "torch")
        with Image.open(target) as image:
            made[engine] = np.asarray(image).astype(int)
    for engine, result in made.items():
        assert np.abs(result - made["torch"]).max() <= 1, engine
    assert (tmp_path / "cache" / "engines.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing", "--to", "onnx"], "there is no model 'nothing'"),
        (["fidelity-x2", "--to", "onnx", "-o", "nowhere/a.onnx"], "there is no folder nowhere"),
        (["fidelity-x2", "--to", "onnx", "-o", "a.xml"], "a name that ends in .onnx"),
        (["fidelity-x2", "--to", "openvino", "-o", "a.onnx"], "a name that ends in .xml"),
        (["dehaze", "--to", "onnx"], "the model dehaze looks at the whole photo"),
        (["fidelity-x2", "--to", "onnx", "--precision", "bf16"], "exported in fp32"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run("export", *arguments)
    assert code == 1
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lacking", ["onnx", "onnxscript", "openvino"])
def test_a_package_that_is_missing(lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    code, said = run("export", "fidelity-x2", "--to", "openvino", "-o", tmp_path / "a.xml")
    assert code == 1
    assert f"needs {lacking}, which is not installed: pip install 'ganvas[export]'" in said
    assert list(tmp_path.iterdir()) == []
