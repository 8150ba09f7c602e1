"""What a request asks for, and whether that can be had of the picture that came with it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from ganvas.enhancement import Target
from ganvas.enhancement.choosing import AskedEngine
from ganvas.enhancement.files import Options
from ganvas.enhancement.model import ENHANCING
from ganvas.enhancement.size import LARGEST_FACTOR
from ganvas.errors import GanvasError
from ganvas.images import PictureError, check_target, probe
from ganvas.images.formats import Writable, recognise
from ganvas.models import EnhanceTask, Style
from ganvas.web.refusal import RefusalError, plain
from ganvas.web.settings import Settings
from ganvas.weights import bundled, card_of

MEDIA: Mapping[str, str] = {name: f"image/{name}" for name in get_args(Writable)}
"""The media type of each format that is written."""


MODELS = tuple(name for name in bundled() if card_of(name).task in ENHANCING)
"""The models that a request may name: those that come along, and never a file."""


def _known(name: str) -> str:
    if name not in MODELS:
        told = {"name": name[:40], "there": ", ".join(MODELS)}
        raise PydanticCustomError("model", "there is no model {name} for pictures here: choose one of {there}", told)
    return name


class Fields(BaseModel):
    """What a request may say, in its query or its form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """What ``fields`` say; a refusal with status 422 that names the first field that makes no sense."""
        for name in fields:
            if name not in cls.model_fields:
                near = difflib.get_close_matches(name, cls.model_fields, 1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(cls.model_fields)}"
                raise RefusalError(422, f"there is no field {name[:40]!r}: {hint}")
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            raise RefusalError(422, f"{fault['loc'][0]}: {fault['msg'][0].lower()}{fault['msg'][1:]}") from None


class Asked(Fields):
    """How a picture is to be enhanced."""

    task: EnhanceTask = Field("enlarge", description="enlarge, or at the picture's own size deblur or dehaze")
    scale: float | None = Field(
        None, gt=0, le=LARGEST_FACTOR, allow_inf_nan=False, description="times the sides grow; 4 if no size is given"
    )
    width: int | None = Field(None, ge=1, le=1_000_000, description="width of the result in pixels")
    height: int | None = Field(None, ge=1, le=1_000_000, description="height of the result in pixels")
    megapixels: float | None = Field(
        None, gt=0, le=10_000, allow_inf_nan=False, description="size of the result in millions of pixels"
    )
    style: Style | None = Field(None, description="faithful invents nothing, sharp guesses texture, restore cleans too")
    model: Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": MODELS})] | None = Field(
        None, description="one of the models by its name, in place of a task and a style"
    )
    format: Writable | None = Field(None, description="of the result; that of the picture if none is given")
    quality: int | None = Field(None, ge=1, le=100, description="of JPEG and WebP")

    def options(self, format: str, device: str = "auto", engine: AskedEngine = "torch") -> Options:
        """The library's options for this; GanvasError for what does not go together."""
        target = Target(self.scale, self.width, self.height, self.megapixels)
        return Options(
            target,
            self.model,
            self.style,
            self.task,
            device=device,
            format=format,
            quality=self.quality,
            max_pixels=2**62,
            engine=engine,
        )


def formats() -> dict[str, Any]:
    """What ``GET /v1/models`` says about formats and fields."""
    return {"formats": list(MEDIA), "tasks": list(get_args(EnhanceTask)), "styles": list(get_args(Style))}


def check(fields: Mapping[str, str], picture: Path, settings: Settings) -> tuple[Asked, Writable]:
    """What is asked for and the format of the result, where ``picture`` is one that can be done.

    Otherwise a refusal: 400 for nothing at all, 415 for no picture, 413 for one that is or would become too large, 422
    for what is damaged or goes not together. Only the header of the picture is read.
    """
    asked = Asked.of(fields)
    found, width, height = looked_at(picture, settings)
    own = cast(Literal["jpeg", "png", "webp", "tiff", "bmp"], {"gif": "png", "heif": "jpeg"}.get(str(found), found))
    format = asked.format or own
    try:
        size = asked.options(format, settings.device).size.size(width, height)
        _bounded("the result", *size, settings.max_result_megapixels)
        check_target(picture.with_suffix(".out"), *size, format)
    except RefusalError:
        raise
    except GanvasError as error:
        raise RefusalError(422, plain(str(error), str(picture.with_suffix(".out")))) from None
    return asked, format


def looked_at(picture: Path, settings: Settings, what: str = "the picture") -> tuple[str | None, int, int]:
    """Format, width and height of ``picture`` as its header says, or a refusal as in :func:`check`."""
    with picture.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise RefusalError(400, f"{what} is empty (0 bytes)")
    found = recognise(head)
    try:
        width, height = probe(picture, max_pixels=sys.maxsize)
    except PictureError as error:
        sentence = plain(str(error).replace(str(picture), what))
        raise RefusalError(415 if found is None else 422, sentence) from None
    _bounded(what, width, height, settings.max_megapixels)
    return found, width, height


def _bounded(what: str, width: int, height: int, megapixels: float) -> None:
    if width * height > megapixels * 1e6:
        raise RefusalError(413, f"{what} has {width * height / 1e6:,.1f} megapixels: the limit here is {megapixels:g}")
