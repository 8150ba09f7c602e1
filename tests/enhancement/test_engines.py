"""Other engines: the same numbers as torch at any size, the card inside, the choice measured once and kept."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from torch import nn

import ganvas
from ganvas.enhancement import Model, choosing
from ganvas.enhancement.choosing import (
    LONGEST,
    Choice,
    affordable,
    choices,
    engines_for,
    fastest,
    remember,
    remembered,
    seconds,
)
from ganvas.enhancement.engines import (
    LEAST,
    SIZES,
    TOLERANCE,
    OnnxNet,
    OpenVINONet,
    Other,
    differences,
    identity,
    kept,
    opened,
    repeatable,
)
from ganvas.enhancement.exporting import export
from ganvas.enhancement.files import Options
from ganvas.enhancement.graphs import ExportError, card_in, onnx_of, write
from ganvas.images import Picture
from ganvas.weights import Card, Product, load

REASON = "comes with pip install 'ganvas[export]'"
ENGINES = get_args(Other)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def engines() -> None:
    for name in ("onnx", "onnxscript", "onnxruntime", "openvino"):
        pytest.importorskip(name, reason=REASON)


@pytest.fixture(scope="session")
def exported(model_of: Callable[..., str], engines: None) -> dict[str, tuple[Product, bytes]]:
    """An enlarger, and a restorer that folds its input into squares of 4 x 4, each with its ONNX file."""
    found = {}
    for name in ("compact", "deblur"):
        product = load(model_of(name))
        found[name] = (product, onnx_of(product.net, product.card))
    return found


def picture(height: int, width: int, channels: int = 3) -> Picture:
    image = torch.rand(1, channels, height, width, generator=torch.Generator().manual_seed(1))
    return Picture.from_tensor(image)


@pytest.mark.parametrize("name", ["compact", "deblur"])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_numbers_at_any_size(name: str, engine: Other, exported: dict[str, tuple[Product, bytes]]) -> None:
    product, content = exported[name]
    found = differences(product.net, opened(content, engine), product.card)
    assert [each.size for each in found] == list(SIZES)
    assert max(each.value for each in found) < 1e-5
    assert any(height % 4 and width % 4 for _, height, width in SIZES)
    assert any(height % 4 == width % 4 == 0 for _, height, width in SIZES)
    assert min(side for _, *sides in SIZES for side in sides) == LEAST


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_within_an_engine_is_one_sentence(engine: Other, exported: dict[str, tuple[Product, bytes]]) -> None:
    run = opened(exported["compact"][1], engine)
    with pytest.raises(ExportError, match=rf"the engine {engine} fails on \[1, 4, 20, 20\]: try --engine torch"):
        run(torch.rand(1, 4, 20, 20))
    with pytest.raises(ExportError, match=f"the engine {engine} cannot open the exported net"):
        opened(b"not a graph", engine)


def test_another_net_is_not_taken_for_this_one(exported: dict[str, tuple[Product, bytes]]) -> None:
    product, content = exported["compact"]
    run = opened(content, "onnx")
    with pytest.raises(ExportError, match=r"differs by .* from torch, more than 0\.0001"):
        differences(product.net, lambda image: run(image) + 2 * TOLERANCE["fp32"], product.card)
    with pytest.raises(ExportError, match="where torch gives"):
        differences(product.net, lambda image: run(image)[..., 1:], product.card)
    with pytest.raises(ExportError, match="differs by nan"):
        differences(product.net, lambda image: run(image) * torch.nan, product.card)


def test_the_card_is_inside_and_no_path_of_this_machine(
    exported: dict[str, tuple[Product, bytes]], tmp_path: Path
) -> None:
    product, content = exported["compact"]
    for name in ("a.onnx", "a.xml"):
        write(tmp_path / name, content, product.card)
        assert card_in(tmp_path / name) == product.card
        assert b"ganvas/nets" not in (tmp_path / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "a.onnx", "a.xml"]
    (tmp_path / "b.onnx").write_bytes(b"not a graph")
    with pytest.raises(ExportError, match=r"b\.onnx is not a file that `ganvas export` wrote"):
        card_in(tmp_path / "b.onnx")


def test_axes_have_names(exported: dict[str, tuple[Product, bytes]]) -> None:
    import onnx

    graph = onnx.load_from_string(exported["compact"][1]).graph
    axes = [axis.dim_param or axis.dim_value for axis in graph.input[0].type.tensor_type.shape.dim]
    assert axes == ["batch", 3, "height", "width"]
    assert (graph.input[0].name, graph.output[0].name) == ("image", "result")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [(40, 51), (9, 12), (1, 1)])
def test_a_picture_in_tiles(
    engine: Other, size: tuple[int, int], exported: dict[str, tuple[Product, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    product, content = exported["compact"]
    monkeypatch.setattr("ganvas.enhancement.engines.onnx_of", lambda net, card: content)
    one, other = (Model(product, precision="fp32", device="cpu", tile=32, engine=name) for name in ("torch", engine))
    given = picture(*size)
    np.testing.assert_allclose(other(given).pixels, one(given).pixels, atol=1e-5)
    assert (one.engine, other.engine) == ("torch", engine)
    assert (one.news(), other.news()) == ((), (f"run by {engine} (fp32)",))
    assert other.news() == ()


def test_an_engine_really_runs(exported: dict[str, tuple[Product, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    product, content = exported["compact"]
    monkeypatch.setattr("ganvas.enhancement.engines.onnx_of", lambda net, card: content)
    model, seen = Model(product, precision="fp32", device="cpu", engine="onnx"), list[torch.Size]()
    monkeypatch.setattr(model, "_torch", lambda image: pytest.fail("torch ran the net"))
    run = model._engines._opened["onnx"]
    model._engines._opened["onnx"] = lambda image: (seen.append(image.shape), run(image))[1]
    model(picture(20, 24))
    assert seen == [(1, 3, 20, 24)]


def test_a_file_is_kept_and_a_spoilt_one_made_again(
    exported: dict[str, tuple[Product, bytes]], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, content = exported["compact"]
    traced = list[str]()
    monkeypatch.setattr("ganvas.enhancement.engines.onnx_of", lambda net, card: (traced.append(card.name), content)[1])
    for _ in range(2):
        kept(product.net, product.card, "onnx")
    assert len(traced) == 1
    (path,) = (cache / "exported").iterdir()
    path.write_bytes(path.read_bytes()[:2000])
    kept(product.net, product.card, "onnx")
    assert len(traced) == 2
    assert path.read_bytes() == content


def test_the_name_of_a_kept_file_depends_on_the_weights(model_of: Callable[..., str]) -> None:
    product = load(model_of("compact"))
    before = identity(product.net, product.card)
    assert before == identity(product.net, product.card)
    next(product.net.parameters()).data.view(-1)[0] += 1e-3
    assert identity(product.net, product.card) != before
    both = load(model_of("cyclegan"))
    before = identity(both.net, both.card)
    for part in both.net.modules():
        if hasattr(part, "aim"):
            part.aim = "a"
    assert identity(both.net, both.card) != before


class Dice(nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image + torch.rand(())


def card(**facts: object) -> Card:
    return Card(**{"name": "a", "recipe": "b", "fields": {}, "receptive_field": 1, "parameters": 0, **facts})


def test_dice_cannot_be_in_a_file() -> None:
    with pytest.raises(ExportError, match="plays dice, which a graph cannot: add --steady"):
        repeatable(Dice(), card())
    repeatable(nn.Identity(), card())


def test_a_net_that_sees_the_whole_photo_is_left_to_torch(engines: None) -> None:
    product = load("dehaze")
    with pytest.raises(ExportError, match="looks at the whole photo"):
        Model(product, device="cpu", engine="onnx")
    model = Model(product, device="cpu", engine="auto")
    assert model(picture(33, 40)).width == 40
    assert model.engine == "torch"
    assert model.news()[0].endswith(", which alone can run it")


def test_the_fastest_is_measured_once_and_kept(
    exported: dict[str, tuple[Product, bytes]], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    product, content = exported["compact"]
    monkeypatch.setattr("ganvas.enhancement.engines.onnx_of", lambda net, card: content)
    measured = list[tuple[str, ...]]()

    def made_up(runners: dict[str, object], side: int) -> dict[str, float]:
        measured.append(tuple(runners))
        return {"torch": 1.0, "onnx": 0.5, "openvino": 0.7}

    monkeypatch.setattr(choosing, "seconds", made_up)
    for _ in range(2):
        model = Model(product, precision="fp32", device="cpu", engine="auto")
        model(picture(30, 32))
        assert model.engine == "onnx"
        reason = "the fastest here, as was measured once: onnx 0.5 s, openvino 0.7 s, torch 1 s a tile"
        assert model.news() == (f"run by onnx (fp32), {reason}",)
    model = Model(product, precision="fp32", device="cpu", engine="auto")
    assert measured == [("torch", "onnx", "openvino")]
    ((machine, entries),) = json.loads((cache / "engines.json").read_text()).items()
    assert machine == choosing.machine()
    ((key, entry),) = entries.items()
    assert key.startswith(f"{product.card.name} {identity(product.net, product.card)} fp32 32")
    assert entry == {"engine": "onnx", "seconds": {"torch": 1.0, "onnx": 0.5, "openvino": 0.7}}
    model(picture(60, 64))  # another class of sizes
    assert len(measured) == 2
    # What is kept is what is taken, whoever wrote it.
    remember(key, Choice("openvino", {"torch": 1.0}))
    again = Model(product, precision="fp32", device="cpu", engine="auto")
    again(picture(30, 32))
    assert again.engine == "openvino"


def test_a_choice_of_another_machine_or_a_broken_table_counts_for_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = Choice("onnx", {"torch": 1.0, "onnx": 0.5})
    remember("a", choice)
    assert remembered("a") == choice
    assert remembered("b") is None
    with monkeypatch.context() as patched:
        patched.setattr(choosing, "machine", lambda: "another")
        assert remembered("a") is None
        remember("a", Choice("torch", {"torch": 1.0}))
    assert remembered("a") == choice
    for text in ("{", "[]", '{"x": 3}', json.dumps({choosing.machine(): {"a": {"engine": "abacus"}}})):
        choices().write_text(text)
        assert remembered("a") is None
    remember("a", choice)
    assert remembered("a") == choice
    assert [path.name for path in cache.iterdir()] == ["engines.json"]


def test_torch_stays_unless_it_is_beaten_clearly() -> None:
    assert fastest({"torch": 1.0, "onnx": 0.95}) == "torch"
    assert fastest({"torch": 1.0, "onnx": 0.8, "openvino": 0.9}) == "onnx"
    assert fastest({"torch": 1.0}) == "torch"


def test_each_engine_is_warmed_up_and_all_take_turns() -> None:
    calls = list[str]()
    times = seconds({name: lambda image, name=name: calls.append(name) for name in ("torch", "onnx")}, 32)
    assert calls == ["torch", "onnx"] * (1 + choosing.REPEATS)
    assert set(times) == {"torch", "onnx"}
    assert all(0 <= value < 1 for value in times.values())


def test_a_slow_net_is_timed_on_a_small_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(a_pixel: float, side: int) -> int:
        monkeypatch.setattr(choosing, "_seconds", lambda run, image: a_pixel * image.shape[2] * image.shape[3])
        return affordable(lambda image: image, side)

    assert timed(1e-9, 256) == 256
    assert timed(1e-9, 64) == 64
    assert timed(LONGEST / 100**2, 256) == 64
    assert timed(1.0, 256) == 32


def test_what_the_choice_depends_on_besides_the_model() -> None:
    told = choosing.machine()
    assert f"torch {torch.__version__}" in told
    assert f"{torch.get_num_threads()} threads" in told
    assert re.search("abilities [0-9a-f]{8}, ", told)


@pytest.mark.parametrize("how", ["load", "enhance"])
def test_engines_in_python(
    how: str,
    model_of: Callable[..., str],
    exported: dict[str, tuple[Product, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ganvas.enhancement.engines.onnx_of", lambda net, card: exported["compact"][1])
    ran = set[type]()
    for kind in (OnnxNet, OpenVINONet):
        monkeypatch.setattr(
            kind, "__call__", lambda net, image, call=kind.__call__: ran.add(type(net)) or call(net, image)
        )
    file, given, made = model_of("compact"), picture(20, 24), list[np.ndarray]()
    for engine in ("torch", *ENGINES):
        if how == "load":
            made.append(ganvas.load(file, precision="fp32", device="cpu", engine=engine)(given).pixels)
        else:
            made.append(ganvas.enhance(given, 2, model=file, precision="fp32", device="cpu", engine=engine).pixels)
    for result in made[1:]:
        np.testing.assert_allclose(result, made[0], atol=1e-5)
    assert ran == {OnnxNet, OpenVINONet}


@pytest.mark.parametrize(("engine", "lacking"), [("onnx", "onnxruntime"), ("openvino", "openvino")])
def test_what_is_not_installed(
    engine: Other, lacking: str, monkeypatch: pytest.MonkeyPatch, bicubic_model: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    with pytest.raises(ExportError, match=rf"needs {lacking}, which is not installed: pip install 'ganvas\[export\]'"):
        Options(engine=engine)
    with pytest.raises(ExportError, match="not installed"):
        Model(load(bicubic_model), engine=engine)
    if engine == "openvino":
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
    else:
        monkeypatch.setitem(sys.modules, "openvino", None)
    model = Model(load(bicubic_model), device="cpu", engine="auto")
    model(picture(20, 20))
    assert model.engine == "torch"


def test_what_an_engine_cannot_do(engines: None) -> None:
    with pytest.raises(ExportError, match="--engine onnx runs fp32 alone"):
        Options(engine="onnx", precision="bf16")
    with pytest.raises(ExportError, match="bf16, or export --to openvino"):
        export("fidelity-x2", "onnx", numbers="bf16")
    with pytest.raises(ExportError, match="runs on the CPU"):
        engines_for(nn.Identity(), card(), "openvino", "auto", "cuda")
