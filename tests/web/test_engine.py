"""What a request may name, and what runs the nets of a service."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from ganvas.web.asked import MODELS, Asked, check
from ganvas.web.describe import ENHANCE
from ganvas.web.refusal import RefusalError
from ganvas.web.settings import Settings
from ganvas.web.worker import enhance

REASON = "comes with pip install 'ganvas[export]'"


@pytest.fixture
def photo(tmp_path, png):
    (tmp_path / "a.in").write_bytes(png)
    return tmp_path / "a.in"


def asked_for(photo, engine, **fields):
    target = photo.with_suffix(".out")
    task = {"source": str(photo), "target": str(target), "asked": fields, "format": "png", "device": "cpu"}
    remarks = enhance({**task, "engine": engine}, lambda done, total: None)
    with Image.open(target) as image:
        return np.asarray(image).astype(int), remarks


def test_a_request_names_a_model_that_comes_along(photo):
    assert {"fidelity-x2", "restore-x4", "deblur", "dehaze"} <= set(MODELS)
    assert "digits-generator" not in MODELS  # it makes no picture of one
    made, _ = asked_for(photo, "torch", model="fidelity-x2", scale=2)
    same, _ = asked_for(photo, "torch", scale=2)
    assert made.shape == (16, 24, 3)
    assert np.array_equal(made, same)
    assert asked_for(photo, "torch", model="deblur")[0].shape == (8, 12, 3)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": "nothing"}, "model: there is no model nothing for pictures here: choose one of deblur, dehaze"),
        ({"model": "digits-generator"}, "there is no model digits-generator for pictures"),
        ({"model": "/etc/passwd"}, "there is no model /etc/passwd"),
        ({"model": "../a.in"}, "there is no model ../a.in"),
        ({"model": "fidelity-x2", "style": "sharp"}, "model fidelity-x2 and style sharp are both given"),
        ({"model": "fidelity-x2", "task": "deblur"}, "model fidelity-x2 and task deblur are both given"),
        ({"model": "deblur", "scale": "2"}, "the model deblur keeps the size"),
        ({"modle": "deblur"}, "did you mean model?"),
    ],
)
def test_what_no_model_can_do_is_refused(fields, words, photo, tmp_path):
    with pytest.raises(RefusalError) as caught:
        check(fields, photo, Settings(folder=tmp_path / "service"))
    assert caught.value.status == 422
    assert words in str(caught.value)


def test_the_description_lists_the_models():
    (field,) = (each for each in ENHANCE["openapi_extra"]["parameters"] if each["name"] == "model")
    assert (field["schema"]["type"], tuple(field["schema"]["enum"])) == ("string", MODELS)
    assert Asked.of({"model": "deblur"}).model == "deblur"


def test_torch_takes_over_what_an_engine_cannot(photo):
    pytest.importorskip("onnxruntime", reason=REASON)
    made, remarks = asked_for(photo, "onnx", task="dehaze")
    same, none = asked_for(photo, "torch", task="dehaze")
    assert np.array_equal(made, same)
    assert none == ()
    assert len(remarks) == 1
    assert remarks[0].startswith("run by torch: the model dehaze looks at the whole photo")


def test_a_service_with_another_engine(serving, png, tmp_path, monkeypatch):
    """In its own process, under its limit of memory: traced, opened, and the same picture as torch's."""
    for name in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(name, reason=REASON)
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    with serving(enhance, engine="onnx") as running:
        answer = running.send("/v1/enhance", png, model="fidelity-x2", scale=2)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-remarks"] == '["run by onnx (fp32)"]'
        assert len(list((tmp_path / "cache" / "exported").iterdir())) == 1
        (tmp_path / "a.in").write_bytes(png)
        expected, _ = asked_for(tmp_path / "a.in", "torch", model="fidelity-x2", scale=2)
        with Image.open(io.BytesIO(answer.content)) as image:
            assert np.abs(np.asarray(image).astype(int) - expected).max() <= 1


def test_an_engine_that_is_not_installed_is_told_at_the_start(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from ganvas.cli.main import app
    from ganvas.errors import GanvasError

    monkeypatch.setitem(sys.modules, "openvino", None)
    found = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path / "jobs"), "--engine", "openvino"])
    assert isinstance(found.exception, GanvasError)
    assert "--engine openvino needs openvino, which is not installed: pip install" in str(found.exception)
    assert not (tmp_path / "jobs").exists()
