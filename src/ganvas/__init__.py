"""Ganvas makes pictures better with generative adversarial networks, and lets anyone train, compare and understand
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ganvas.enhancement import Model
    from ganvas.enhancement.choosing import AskedEngine
    from ganvas.images import Picture
    from ganvas.models import EnhanceTask, Style
    from ganvas.report.evaluation import Evaluation
    from ganvas.web.client import Client

__all__ = ["Client", "Picture", "enhance", "evaluate", "load", "train"]


def enhance(
    picture: str | Path | bytes | Picture,
    scale: float | None = None,
    *,
    width: int | None = None,
    height: int | None = None,
    megapixels: float | None = None,
    model: str | None = None,
    style: Style | None = None,
    task: EnhanceTask = "enlarge",
    precision: Literal["auto", "fp32", "bf16"] = "auto",
    device: str = "auto",
    backwards: bool = False,
    steady: bool = False,
    engine: AskedEngine = "torch",
) -> Picture:
    """``picture`` (a file, its contents, or a Picture) enlarged, by 4 where nothing else is asked for, or after another
    ``task`` at its own size.

    ``backwards`` takes the other direction of a model that has two, as CycleGAN's have; ``steady`` gives the same
    result each time, also of Pix2Pix and DeblurGAN, whose dropout stays on otherwise. ``engine`` is what runs the net:
    torch, or ``onnx`` or ``openvino`` (``pip install 'ganvas[export]'``), which give the same within rounding; ``auto``
    is the fastest of those that are installed, measured once and remembered.

    Raises :class:`ganvas.errors.GanvasError`, one sentence, for what cannot be read or made.
    """
    from ganvas.enhancement import Target, model_for, target_for
    from ganvas.enhancement.guard import check
    from ganvas.images import Picture, read

    read_picture = picture if isinstance(picture, Picture) else read(picture)
    target = target_for(Target(scale, width, height, megapixels), task, model, style)
    size = target.size(read_picture.width, read_picture.height)
    net = model_for(
        size[0] / read_picture.width,
        model,
        style,
        task=task,
        precision=precision,
        device=device,
        backwards=backwards,
        steady=steady,
        engine=engine,
    )
    read_picture = net.readied(read_picture)
    result = net(read_picture, size)
    check(read_picture, result, alike=net.alike)
    return result


def load(
    model: str | Path,
    *,
    precision: Literal["auto", "fp32", "bf16"] = "auto",
    device: str = "auto",
    backwards: bool = False,
    steady: bool = False,
    engine: AskedEngine = "torch",
) -> Model:
    """The model ``model``, bundled or in a file: call it with a :class:`Picture`. The rest as for :func:`enhance`."""
    from ganvas.enhancement import Model
    from ganvas.weights import load as load_product

    product = load_product(model)
    return Model(product, precision=precision, device=device, backwards=backwards, steady=steady, engine=engine)


def train(recipe: str, data: str | Path | None, run: str | Path, preset: str | None = None, **settings: Any) -> Path:
    """The model's file after playing ``recipe`` on ``data`` into the folder ``run``; a stopped run is gone on with.

    ``settings`` are the recipe's own (``scale=2``); what is not one is refused with the nearest right word.
    """
    from ganvas.recipes import RECIPES, build, find
    from ganvas.runs import Settings, train_into

    kind = find(RECIPES, recipe)
    fields = {**(kind.presets[preset] if preset else {}), **settings}
    return train_into(Path(run), build(kind, fields), Path(data) if data is not None else None, Settings())


def evaluate(
    model: str | Path,
    folders: Sequence[str | Path],
    *,
    channel: Literal["y", "rgb", "grey"] = "y",
    spoil: Literal["motion", "haze", "given"] | None = None,
) -> Evaluation:
    """PSNR and SSIM of ``model``, and of bicubic beside it, over folders of good pictures, which are reduced first.

    Where the model keeps the size, pictures are spoilt by what it undoes, or as ``spoil`` says ("given": the folders
    hold pairs), and the input stands beside it.
    """
    from dataclasses import replace

    from ganvas.metrics import Protocol
    from ganvas.report.evaluation import evaluate as run
    from ganvas.report.inputs import spoil_for

    net = load(model)
    protocol = Protocol(channel, spoil=spoil_for(net.name, net.task, net.scale, spoil))
    if net.scale > 1:
        protocol = replace(protocol, crop=net.scale, scale=net.scale, reduction=net.reduction)
    return run(net, net.name, [Path(folder) for folder in folders], protocol)


def __getattr__(name: str) -> Any:
    if name == "Picture":
        from ganvas.images import Picture

        return Picture
    if name == "Client":
        from ganvas.web.client import Client

        return Client
    raise AttributeError(f"module 'ganvas' has no attribute {name!r}")
