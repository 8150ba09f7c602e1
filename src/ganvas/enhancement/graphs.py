"""A net as a file that other engines run, with its card inside: ONNX, or OpenVINO's two files."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

import torch
from torch import nn

from ganvas.errors import GanvasError
from ganvas.weights import Card

Format = Literal["onnx", "openvino"]
Numbers = Literal["fp32", "bf16"]

SUFFIX: dict[Format, str] = {"onnx": ".onnx", "openvino": ".xml"}
NEEDS: dict[Format, tuple[str, ...]] = {"onnx": ("onnx", "onnxscript"), "openvino": ("onnx", "onnxscript", "openvino")}
"""The packages that write each format; onnxruntime, which runs the first, is asked for where it is used."""

HINT = "INFERENCE_PRECISION_HINT"
HINTS: dict[Numbers, str] = {"fp32": "f32", "bf16": "bf16"}
"""What OpenVINO is told when a net is opened; told nothing, it takes bf16 where the processor has it."""

SAMPLE = (2, 3, 37, 41)
"""The picture that the net is traced with. No small number divides its sides, so that the way of a net that fills them
up is the one taken; where nothing is missing, it fills up by nothing.
"""


class ExportError(GanvasError):
    """A net that another engine cannot run, or a file that cannot be written; the message is one sentence."""


def package(name: str, what: str) -> Any:
    """The module ``name``, which ``what`` needs. Raises :class:`ExportError` where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise ExportError(f"{what} needs {name}, which is not installed: pip install 'ganvas[export]'") from None


def exportable(card: Card) -> None:
    """Raises :class:`ExportError` where no file can be made of what ``card`` describes."""
    if card.looking:
        raise ExportError(
            f"the model {card.name} looks at the whole photo, at a size that depends on the photo's, which a graph"
            " cannot say: only torch runs it"
        )


def onnx_of(net: nn.Module, card: Card) -> bytes:
    """The ONNX file of ``net`` (eval mode, float32, on the CPU), as bytes.

    It maps ``image`` (batch, 3, height, width) in [0, 1] to ``result``, at any size; ``card`` is the property
    ``ganvas`` of its metadata. Raises :class:`ExportError` for nets that cannot be traced.
    """
    exportable(card)
    what = f"exporting {card.name}"
    for name in NEEDS["onnx"]:
        package(name, what)
    axes = {0: "batch", 2: "height", 3: "width"}
    try:
        with _quiet():
            program = torch.onnx.export(
                net,
                (torch.full(SAMPLE, 0.5),),
                input_names=["image"],
                output_names=["result"],
                dynamo=True,
                dynamic_shapes=(axes,),
                verbose=False,
            )
    except Exception as error:  # whatever is in a net of others
        raise ExportError(f"the model {card.name} cannot be traced into a graph: only torch runs it") from error
    if program is None:
        raise ExportError(f"the model {card.name} cannot be traced into a graph: only torch runs it")
    model: Any = program.model_proto
    _cleaned(model)
    model.producer_name = "ganvas"
    del model.metadata_props[:]
    model.metadata_props.add(key="ganvas", value=card.model_dump_json())
    return model.SerializeToString()


def _cleaned(model: Any) -> None:
    """Takes out what the exporter notes beside every step: traces with the paths of this machine."""
    for graph in (model.graph, *model.functions):
        del graph.metadata_props[:]
        for part in graph.node:
            del part.metadata_props[:]
            part.doc_string = ""
        for part in graph.value_info:
            del part.metadata_props[:]
    for part in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        del part.metadata_props[:]


@contextmanager
def _quiet() -> Generator[None]:
    """The exporter tells of its own inner affairs (that torchvision is not here, what it will deprecate)."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def openvino_of(content: bytes, card: Card, numbers: Numbers = "fp32") -> Any:
    """The same net for OpenVINO, of the ONNX file ``content``; ``card`` and ``numbers`` are in its runtime info."""
    openvino = package("openvino", f"exporting {card.name} to OpenVINO")
    model = openvino.Core().read_model(content)
    model.set_rt_info(card.model_dump_json(), ["ganvas", "card"])
    model.set_rt_info(numbers, ["ganvas", "precision"])
    return model


def write(path: Path, content: bytes, card: Card, numbers: Numbers = "fp32") -> None:
    """Writes the ONNX file ``content`` to ``path``, as OpenVINO's ``.xml`` with its ``.bin`` where the name ends so.

    A file is whole or not there. Raises :class:`ExportError` where it cannot be written.
    """
    try:
        scratch = Path(mkdtemp(prefix=f".{path.stem}.", suffix=".partial", dir=path.parent))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}") from None
    try:
        made = scratch / path.name
        if path.suffix == SUFFIX["openvino"]:
            openvino = package("openvino", f"writing {path}")
            openvino.save_model(openvino_of(content, card, numbers), str(made), compress_to_fp16=False)
            # The .xml comes last and goes first, so that none ever stands beside the weights of another.
            path.unlink(missing_ok=True)
            os.replace(made.with_suffix(".bin"), path.with_suffix(".bin"))
        else:
            made.write_bytes(content)
        os.replace(made, path)
    except (OSError, RuntimeError) as error:
        raise ExportError(f"{path} cannot be written: {error}".splitlines()[0]) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def card_in(path: Path) -> Card:
    """The card in the exported file ``path``. Raises :class:`ExportError` where there is none."""
    try:
        if path.suffix == SUFFIX["openvino"]:
            core = package("openvino", f"reading {path}").Core()
            text = str(core.read_model(path).get_rt_info(["ganvas", "card"]).astype(str))
        else:
            model = package("onnx", f"reading {path}").load(path)
            text = next(each.value for each in model.metadata_props if each.key == "ganvas")
        return Card.model_validate_json(text)
    except ExportError:
        raise
    except Exception as error:  # the formats' own errors have no class in common
        raise ExportError(f"{path} is not a file that `ganvas export` wrote") from error
