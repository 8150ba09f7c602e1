"""Improved SinGAN (Mendelman 2023): levels that end early, and levels that are trained on the photo itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field, model_validator

from ganvas.data.batches import Images
from ganvas.game import Result, Stage
from ganvas.nets.pyramid import Noise, Pyramid
from ganvas.recipes.entrance import Entrance, RealPath
from ganvas.recipes.recipe import Paper
from ganvas.recipes.singan import SinGANRecipe
from ganvas.training.stopping import GoodEnough

StopType = Literal["none", "dont_train", "small_rec_loss", "plateau"]
TrainMode = Literal["rand", "real_train"]
RecMode = Literal["rec", "real_train_rec"]
UpsampleType = Literal["regular", "sr"]

STOP = "first_scales_early_stop_type"
MODES = (
    "first_scales_train_mode",
    "last_scale_train_mode",
    "first_scales_train_rec_mode",
    "last_scale_train_rec_mode",
)
UPSAMPLES = (
    "first_scales_upsample_type",
    "last_scale_upsample_type",
    "first_scales_rec_upsample_type",
    "last_scale_rec_upsample_type",
)

REAL_EXPERIMENTS = {
    "a": ("dont_train", "rand", "real_train", "rec", "rec"),
    "b": ("none", "real_train", "real_train", "rec", "rec"),
    "c": ("none", "rand", "real_train", "rec", "rec"),
    "d": ("dont_train", "rand", "real_train", "rec", "real_train_rec"),
    "e": ("none", "real_train", "real_train", "real_train_rec", "real_train_rec"),
    "f": ("none", "rand", "real_train", "rec", "real_train_rec"),
    "g": ("none", "rand", "rand", "real_train_rec", "real_train_rec"),
}
"""The notes' table "train with real image": how the lower levels end, then as in ``MODES``."""

UP_EXPERIMENTS = {
    "a": ("sr", "sr", "regular", "regular", "rand", "rand", "real_train_rec", "real_train_rec"),
    "b": ("sr", "sr", "sr", "sr", "rand", "rand", "rec", "rec"),
    "c": ("regular", "sr", "regular", "regular", "rand", "rand", "rec", "rec"),
    "d": ("regular", "sr", "regular", "sr", "rand", "real_train", "rec", "real_train_rec"),
    "e": ("regular", "sr", "regular", "sr", "rand", "real_train", "rec", "rec"),
    "f": ("sr", "sr", "regular", "regular", "real_train", "real_train", "real_train_rec", "real_train_rec"),
    "g": ("regular", "sr", "regular", "sr", "real_train", "real_train", "real_train_rec", "real_train_rec"),
    "h": ("regular", "sr", "regular", "regular", "real_train", "real_train", "real_train_rec", "real_train_rec"),
    "i": ("regular", "sr", "regular", "regular", "real_train", "real_train", "rec", "rec"),
}
"""The notes' table "SR for up-sampling": first as in ``UPSAMPLES``, then as in ``MODES``."""

ENLARGE: Mapping[str, Any] = {**SinGANRecipe.presets["enlarge"], "fix_z_star": False}
"""The training of all the notes' runs, which had the coarsest level's noise of the authors' code: new in each round."""


def experiments(prefix: str, names: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """A preset for each letter of a table whose columns are ``names``."""
    return {f"{prefix}-{letter}": {**ENLARGE, **dict(zip(names, row, strict=True))} for letter, row in rows.items()}


class ImprovedSinGANRecipe(SinGANRecipe):
    """The options of the notes, under their names; "first scales" are all levels but the finest, the last.

    Presets are the notes' experiments by their letters, with ``original`` to compare them to. ``plateau``,
    ``mix_real_fraction``, ``sr_start_scale`` and ``noise_after_sr`` are what the notes leave as ideas.
    """

    name = "improved-singan"
    paper = Paper("Improved SinGAN", "Mendelman", 2023, "https://github.com/harel147/Improved_SinGAN")
    presets: ClassVar = {
        "original": ENLARGE,
        "early-stop": {**ENLARGE, STOP: "small_rec_loss"},
        "plateau": {**ENLARGE, STOP: "plateau"},
        **experiments("real", (STOP, *MODES), REAL_EXPERIMENTS),
        **experiments("up", (*UPSAMPLES, *MODES), UP_EXPERIMENTS),
        "smoke": {**SinGANRecipe.presets["smoke"], "rounds": 5, STOP: "plateau", "early_stop_min_epoch": 2}
        | {"plateau_window": 1, "plateau_change": 10.0, "first_scales_upsample_type": "sr", "noise_after_sr": True}
        | {"mix_real_fraction": 0.5, "last_scale_train_rec_mode": "real_train_rec"},
    }

    first_scales_early_stop_type: StopType = "none"
    """When a level below the last ends: with its rounds, after a few, or when its reconstruction is good enough."""
    dont_train_epochs: int = Field(3, ge=1)
    """The few: as the notes' code has it; their text has 2."""
    early_stop_threshold: float = 0.025
    early_stop_min_epoch: int = Field(200, ge=0)
    """The first round, counted from 0, after which a level may end."""
    early_stop_unit: Literal["weighted", "mse"] = "weighted"
    """What is below the threshold: ``alpha`` times the squared error, or the error itself."""
    plateau_window: int = Field(200, ge=1)
    plateau_change: float = 0.02
    """With "plateau" a level ends too where the mean errors of two successive windows differ by a lesser share."""
    first_scales_train_mode: TrainMode = "rand"
    last_scale_train_mode: TrainMode = "rand"
    """What the fakes are made of: what all levels below drew, or what the level below made of the photo."""
    first_scales_train_rec_mode: RecMode = "rec"
    last_scale_train_rec_mode: RecMode = "rec"
    """The same for the reconstruction, and for the strength of the noise."""
    real_path: RealPath = "through_prev_generator"
    """Whether the photo does pass the level below, as in the notes' code, or goes past it, as in their figure."""
    first_scales_upsample_type: UpsampleType = "regular"
    last_scale_upsample_type: UpsampleType = "regular"
    """Whether the level below works once more on what is enlarged, for the fakes."""
    first_scales_rec_upsample_type: UpsampleType = "regular"
    last_scale_rec_upsample_type: UpsampleType = "regular"
    """The same for the reconstruction."""
    mix_real_fraction: float = Field(0.0, ge=0, le=1)
    """How often a fake is made of the photo where it would be of what was drawn."""
    sr_start_scale: int = Field(0, ge=0)
    """The first level that may be given what was enlarged in the way "sr"."""
    noise_after_sr: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> ImprovedSinGANRecipe:
        if self.noise_padding:
            raise ValueError("noise_padding is for animations: train one with the recipe singan, preset animation")
        if not self.alpha and self.first_scales_early_stop_type in ("small_rec_loss", "plateau"):
            raise ValueError("without a weight of the reconstruction (alpha) no level knows when to stop")
        return self

    def stages(self, data: torch.Tensor) -> Iterator[Stage[Images]]:
        last = len(self.ladder(*data.shape[-2:]).sizes) - 1
        for level, stage in enumerate(super().stages(data)):
            yield stage if level == last else self._shortened(stage)

    def entering(self, pyramid: Pyramid, level: int, noise: Noise = "rand") -> torch.Tensor:
        """What ``level`` is given while it is trained, in the ways that are chosen for it."""
        photo, sharpened = self._ways(level == len(pyramid.sizes) - 1)[noise]
        if noise == "rand" and self.mix_real_fraction:
            photo = photo or torch.rand(()).item() < self.mix_real_fraction
        sharpened = sharpened and level >= self.sr_start_scale
        return Entrance(self.real_path if photo else None, sharpened, self.noise_after_sr)(pyramid, level, noise)

    def _ways(self, last: bool) -> Mapping[Noise, tuple[bool, bool]]:
        """Whether the photo enters and whether it is enlarged in the way "sr", for the fakes and the reconstruction."""
        if last:
            modes = self.last_scale_train_mode, self.last_scale_train_rec_mode
            upsamples = self.last_scale_upsample_type, self.last_scale_rec_upsample_type
        else:
            modes = self.first_scales_train_mode, self.first_scales_train_rec_mode
            upsamples = self.first_scales_upsample_type, self.first_scales_rec_upsample_type
        return {
            "rand": (modes[0] == "real_train", upsamples[0] == "sr"),
            "rec": (modes[1] == "real_train_rec", upsamples[1] == "sr"),
        }

    def _shortened(self, stage: Stage[Images]) -> Stage[Images]:
        """``stage`` as it ends at a level below the last."""
        match self.first_scales_early_stop_type:
            case "none":
                return stage
            case "dont_train":
                return replace(stage, rounds=min(self.dont_train_epochs, stage.rounds))
            case "small_rec_loss" | "plateau" as kind:
                window = self.plateau_window if kind == "plateau" else None
                rule = GoodEnough(
                    self._error, self.early_stop_threshold, self.early_stop_min_epoch, window, self.plateau_change
                )
                return replace(stage, until=rule, memory={**stage.memory, "until": rule})

    def _error(self, result: Result) -> float:
        return reconstruction_error(result) / (self.alpha if self.early_stop_unit == "mse" else 1)


def reconstruction_error(result: Result) -> float:
    """What a round came to for the reconstruction, weighted."""
    return result["generator"]["reconstruction"]
