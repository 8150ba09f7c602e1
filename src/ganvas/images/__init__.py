"""A picture and all that it carries: reading, writing, colour and resizing."""

from ganvas.images.canvas import Canvas
from ganvas.images.colour import luma, to_linear, to_srgb
from ganvas.images.formats import SUFFIXES, check_asked, check_target, default_format, is_picture
from ganvas.images.picture import Depth, Floats, Picture, PictureError
from ganvas.images.read import probe, read
from ganvas.images.resize import Kernel, resize, taps
from ganvas.images.write import encode, write

__all__ = [
    "SUFFIXES",
    "Canvas",
    "Depth",
    "Floats",
    "Kernel",
    "Picture",
    "PictureError",
    "check_asked",
    "check_target",
    "default_format",
    "encode",
    "is_picture",
    "luma",
    "probe",
    "read",
    "resize",
    "taps",
    "to_linear",
    "to_srgb",
    "write",
]
