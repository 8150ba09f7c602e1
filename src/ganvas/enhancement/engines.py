"""What else can run a net than torch: onnxruntime and OpenVINO, of a file that is exported once and kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import nn

from ganvas.enhancement.graphs import HINT, HINTS, ExportError, Numbers, exportable, onnx_of, package, write
from ganvas.enhancement.precision import Precision
from ganvas.pretrained import cache
from ganvas.weights import Card

Engine = Literal["torch", "onnx", "openvino"]
Other = Literal["onnx", "openvino"]

Runner = Callable[[torch.Tensor], torch.Tensor]
"""What a net is to its caller: (N, 3, H, W) float32 on the CPU to the result, the same way."""

PACKAGES: dict[Other, tuple[str, ...]] = {"onnx": ("onnxruntime",), "openvino": ("openvino",)}

LEAST = 16
"""The shortest side that an exported net is held to torch at; what is smaller goes through torch."""

SIZES = ((1, 16, 17), (2, 37, 53), (1, 48, 64), (1, 129, 30))
"""(N, H, W) at which it is: odd and even sides, several pictures, and neither size of the tracing."""

TOLERANCE: dict[Numbers, float] = {"fp32": 1e-4, "bf16": 4 / 255}
"""How far a value in [0, 1] may be from torch's in float32. fp32 comes to 1e-6; bf16 has three digits."""


class Difference(NamedTuple):
    """The largest between an engine and torch on a picture of ``size`` (N, H, W)."""

    size: tuple[int, int, int]
    value: float


class OnnxNet:
    """The net in the ONNX file ``source`` (or its bytes), run by onnxruntime in float32 on as many threads as torch."""

    def __init__(self, source: Path | bytes) -> None:
        runtime = package("onnxruntime", "the engine onnx")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.enable_mem_pattern = False  # it would keep one for each size
        options.log_severity_level = 4
        content = source if isinstance(source, bytes) else str(source)
        self._session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        with _told("onnx", image):
            return torch.from_numpy(self._session.run(None, {"image": image.contiguous().numpy()})[0])


class OpenVINONet:
    """The net in the file ``source`` (.xml, or an ONNX file's bytes), run by OpenVINO on as many threads as torch.

    ``numbers`` are what is asked for: OpenVINO is never left to choose. Where the processor cannot multiply bf16,
    OpenVINO runs fp32 all the same; :attr:`numbers` say what it does.
    """

    def __init__(self, source: Path | bytes, numbers: Numbers = "fp32") -> None:
        core = package("openvino", "the engine openvino").Core()
        settings = {HINT: HINTS[numbers], "INFERENCE_NUM_THREADS": torch.get_num_threads()}
        self._net: Any = core.compile_model(core.read_model(source), "CPU", settings)
        names: dict[str, Numbers] = {"f32": "fp32", "float32": "fp32", "bf16": "bf16", "bfloat16": "bf16"}
        self.numbers: Numbers = names.get(self._net.get_property(HINT).get_type_name(), numbers)

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        with _told("openvino", image):
            return torch.from_numpy(self._net([image.contiguous().numpy()])[0])


@contextmanager
def _told(engine: Other, image: torch.Tensor) -> Generator[None]:
    """Makes one sentence of whatever ``engine`` raises over ``image``."""
    try:
        yield
    except Exception as error:  # the engines' errors have no class in common
        raise ExportError(f"the engine {engine} fails on {[*image.shape]}: try --engine torch") from error


def check(engine: Engine, precision: Precision, device: str) -> None:
    """Raises :class:`ExportError` where ``engine`` is not installed or cannot run as asked."""
    if engine == "torch":
        return
    for name in PACKAGES[engine]:
        package(name, f"--engine {engine}")
    if device not in ("auto", "cpu"):
        raise ExportError(f"--engine {engine} runs on the CPU: leave out --device {device}")
    if engine == "onnx" and precision == "bf16":
        raise ExportError("--engine onnx runs fp32 alone: leave out --precision bf16, or take --engine openvino")


def numbers_of(engine: Other, precision: Precision) -> Numbers:
    """In which numbers ``engine`` runs: bf16 only where it was asked for."""
    return "bf16" if engine == "openvino" and precision == "bf16" else "fp32"


def opened(source: Path | bytes, engine: Other, numbers: Numbers = "fp32") -> OnnxNet | OpenVINONet:
    """The net in ``source``, run by ``engine``. Raises :class:`ExportError` for a file that it cannot open."""
    try:
        return OnnxNet(source) if engine == "onnx" else OpenVINONet(source, numbers)
    except ExportError:
        raise
    except Exception as error:  # the engines' errors have no class in common
        raise ExportError(f"the engine {engine} cannot open the exported net: only torch runs it") from error


@torch.inference_mode()
def repeatable(net: nn.Module, card: Card) -> None:
    """Raises :class:`ExportError` for a net that plays dice: it could not be held to torch, whose dice are others."""
    image = torch.rand(1, 3, LEAST, LEAST, generator=torch.Generator().manual_seed(0))
    if not torch.equal(net(image), net(image)):
        raise ExportError(f"the model {card.name} plays dice, which a graph cannot: add --steady, or take torch")


@torch.inference_mode()
def differences(
    net: nn.Module, run: Runner, card: Card, numbers: Numbers = "fp32", sizes: Sequence[tuple[int, int, int]] = SIZES
) -> list[Difference]:
    """How far ``run`` is from ``net`` (float32, on the CPU) on noise of each of ``sizes``.

    Raises :class:`ExportError` where it is farther than ``TOLERANCE``, and where it fails.
    """
    chance, found = torch.Generator().manual_seed(0), list[Difference]()
    for size in sizes:
        image = torch.rand((size[0], 3, *size[1:]), generator=chance)
        expected = net(image)
        place = f"the exported {card.name} on {size[0]} x 3 x {size[1]} x {size[2]}"
        made = run(image)
        if made.shape != expected.shape:
            raise ExportError(
                f"{place} gives {[*made.shape]} where torch gives {[*expected.shape]}: only torch runs it"
            )
        value = (made - expected).abs().max().item()
        if not value <= TOLERANCE[numbers]:
            raise ExportError(f"{place} differs by {value:.2g} from torch, more than {TOLERANCE[numbers]:.2g}")
        found.append(Difference(size, value))
    return found


def identity(net: nn.Module, card: Card) -> str:
    """What a net is known by: a hash of its weights, its layers, its card and the versions that traced it."""
    ways = [str(getattr(part, "aim", "")) for part in net.modules()]
    told = [version("ganvas"), torch.__version__, card.model_dump_json(), str(net), *ways]
    digest = hashlib.sha256("\n".join(told).encode())
    for name, tensor in net.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:24]


def kept(net: nn.Module, card: Card, engine: Other, numbers: Numbers = "fp32") -> OnnxNet | OpenVINONet:
    """``net`` run by ``engine``, of the ONNX file in the cache, which is made, and held to torch, where there is none.

    OpenVINO opens the same file. Raises :class:`ExportError` where the engine cannot run the net as torch does.
    """
    exportable(card)
    for name in PACKAGES[engine]:
        package(name, f"the engine {engine}")
    repeatable(net, card)
    path = cache() / "exported" / f"{identity(net, card)}.onnx"
    if path.is_file():
        with suppress(ExportError):  # a file that is spoilt is made again
            run = opened(path, engine, numbers)
            differences(net, run, card, numbers, SIZES[:1])
            return run
    run = opened(content := onnx_of(net, card), engine, numbers)
    differences(net, run, card, numbers)
    with suppress(ExportError, OSError):  # without a cache it is made each time
        os.makedirs(path.parent, exist_ok=True)
        write(path, content, card)
    return run
