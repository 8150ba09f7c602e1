"""Bundled weights, one safetensors file a model, each with its card inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Style = Literal["faithful", "sharp", "restore"]

STYLES: Mapping[Style, tuple[str, ...]] = {
    "faithful": ("fidelity-x2", "fidelity-x4"),
    "sharp": ("sharp-x2", "sharp-x4"),
    "restore": ("restore-x4",),
}
"""The models that a style chooses among, by the enlargement asked for."""
