"""What can be asked of a photo that was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from ganvas.web.asked import Fields

LARGEST_SIDE = 1024
"""Of a random picture, in pixels."""


class Learn(Fields):
    """How a photo is to be learnt."""

    size: int | None = Field(None, ge=32, le=128, description="the longer side in pixels; 128 if not given")
    rounds: int | None = Field(None, ge=10, le=2000, description="of each level; 400 if not given")


class Task(Fields):
    """Something that is made of a learnt photo, in one of the formats that it ``makes``."""

    makes: ClassVar[tuple[str, ...]] = ("png",)

    seed: int = Field(0, ge=0, lt=2**32, description="another seed gives another result")

    @property
    def kind(self) -> str:
        """The format of the result."""
        return self.makes[0]


class Sample(Task):
    """Random pictures like the photo: one as PNG, several as ZIP of them."""

    makes: ClassVar = ("png", "zip")

    count: int = Field(1, ge=1, le=16, description="how many pictures; several come as a ZIP")
    start_level: int = Field(0, ge=0, le=99, description="the first random level; a higher one stays nearer")
    width: int | None = Field(None, ge=16, le=LARGEST_SIDE, description="in pixels; the photo's if not given")
    height: int | None = Field(None, ge=16, le=LARGEST_SIDE, description="in pixels; the photo's if not given")

    @property
    def kind(self) -> str:
        return self.makes[self.count > 1]


class Animate(Task):
    """The photo in motion, as GIF."""

    makes: ClassVar = ("gif",)

    frames: int = Field(50, ge=2, le=100, description="how many frames, ten a second")
    start_level: int = Field(0, ge=0, le=99, description="the first level that moves; a lower one moves more")
    alpha: float = Field(0.1, ge=0, le=1, allow_inf_nan=False, description="the pull back to the photo")
    beta: float = Field(0.9, ge=0, le=1, allow_inf_nan=False, description="how smoothly it moves")


class Enlarge(Task):
    """The photo, larger."""

    scale: float = Field(4, gt=1, le=8, allow_inf_nan=False, description="times the sides grow")


class Sent(Task):
    """A picture that enters the levels. ``masked``: a mask may come with it."""

    masked: ClassVar[bool] = True

    level: int | None = Field(None, ge=1, le=99, description="where the picture enters; lower is freer")


class Edit(Sent):
    """A rough edit of the photo made natural, where the mask is white or where it differs."""


class Harmonise(Sent):
    """A thing pasted into the photo gets its look, where the mask is white or where it differs."""


class Paint(Sent):
    """A painting of a few plain colours becomes a photo like the one that was learnt."""

    masked: ClassVar = False

    quantise: Literal["rgb"] | None = Field(None, description="rgb: the painting gets the photo's main colours first")


TASKS: Mapping[str, type[Task]] = {
    "sample": Sample,
    "animate": Animate,
    "enlarge": Enlarge,
    "edit": Edit,
    "harmonise": Harmonise,
    "paint": Paint,
}
