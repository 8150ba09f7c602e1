"""Bundled weights, one safetensors file a model, each with its card inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Style = Literal["faithful", "sharp", "restore"]
EnhanceTask = Literal["enlarge", "deblur", "dehaze"]
"""What can be asked for by its name alone."""

KEEPING: Mapping[EnhanceTask, str] = {"deblur": "deblur", "dehaze": "dehaze"}
"""The models for tasks that keep a photo's size."""

STYLES: Mapping[Style, tuple[str, ...]] = {
    "faithful": ("fidelity-x2", "fidelity-x4"),
    "sharp": ("sharp-x2", "sharp-x4"),
    "restore": ("restore-x4",),
}
"""The models that a style chooses among, by the enlargement asked for."""
