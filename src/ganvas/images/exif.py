"""EXIF blocks: kept byte for byte, but for the orientation, which is applied to the pixels.

A block is a small TIFF file without pixels. Only the two bytes of its orientation are ever overwritten, so that maker
notes, whose inner offsets count from the start of the block, stay valid.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from ganvas.images.tiff import (
    EXIF,
    GPS,
    ICC,
    INTEROPERABILITY,
    LONG,
    ORIENTATION,
    Directory,
    Entry,
    Order,
    first_directory,
    integers,
    pack_directory,
    read_directory,
)

LAYOUT = frozenset([
    *range(254, 269), 273, *range(277, 285), *range(288, 294), 296, 297, 301, 317, *range(320, 348), *range(512, 533),
    700, 33723, 34377, ICC, 37724,
])  # fmt: skip
"""Tags of a first directory that tell how pixels are stored, or hold what is no EXIF: profile, XMP, IPTC, layers."""


def parse(block: bytes) -> Directory:
    """The first directory of an EXIF block; ValueError where it is damaged."""
    directory = first_directory(io.BytesIO(block))
    if directory.big:
        raise ValueError("an EXIF block is never a BigTIFF")
    return directory


def orientation(directory: Directory) -> int:
    r"""The orientation, 1 to 8, as in Exif 2.32 table 4; 1 where it is missing or not a number from 1 to 8.

    >>> orientation(parse(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"))
    6
    """
    value = (*directory.numbers(ORIENTATION), 1)[0]
    return value if 1 <= value <= 8 else 1


def dpi(directory: Directory) -> tuple[float, float] | None:
    """Dots per inch, horizontal and vertical (Exif 2.32, tags 0x011A, 0x011B, 0x0128); None if they are not told."""
    unit = {2: 1.0, 3: 2.54}.get((*directory.numbers(0x0128), 2)[0])
    x, y = directory.numbers(0x011A), directory.numbers(0x011B)
    if unit is None or len(x) != 2 or len(y) != 2 or not all((*x, *y)):
        return None
    return x[0] / x[1] * unit, y[0] / y[1] * unit


def upright(block: bytes) -> bytes:
    """``block`` with orientation 1 where it had another, all other bytes as they were; ValueError if it is damaged."""
    directory, changed = parse(block), bytearray(block)
    for entry in directory.entries:
        if entry.tag == ORIENTATION and entry.numbers(directory.order):
            value = entry.position + 8
            changed[value : value + 4] = integers(ORIENTATION, entry.type, [1], directory.order).value.ljust(4, b"\0")
    return bytes(changed)


def of_tiff(file: BinaryIO, directory: Directory) -> bytes | None:
    """What a TIFF file tells about its photograph, as an EXIF block of its own; None where it tells nothing.

    Values are copied as they are, but not the thumbnail; ValueError where a directory is damaged.
    """
    entries = [entry for entry in directory.entries if entry.tag not in LAYOUT | {ORIENTATION}]
    if not entries:
        return None
    head = (b"II*\0" if directory.order == "<" else b"MM\0*") + struct.pack(f"{directory.order}I", 8)
    return head + _gathered(file, entries, 8, directory.order, directory.big)


def _gathered(file: BinaryIO, entries: list[Entry], start: int, order: Order, big: bool) -> bytes:
    """A directory of ``entries`` at ``start``, followed by the directories that it points to, read from ``file``."""
    plain = [entry for entry in entries if entry.tag not in (EXIF, GPS, INTEROPERABILITY)]
    pointers = [entry for entry in entries if entry not in plain and entry.numbers(order)]
    moved, after = list(plain), b""
    size = len(pack_directory([*plain, *(integers(p.tag, LONG, [0], order) for p in pointers)], start, order))
    for pointer in pointers:
        at = start + size + len(after)
        inner = read_directory(file, pointer.numbers(order)[0], order, big)
        # Only an Exif directory points further, to the interoperability tags: that ends any circle of pointers.
        inner = [e for e in inner if e.tag not in (EXIF, GPS) and (pointer.tag == EXIF or e.tag != INTEROPERABILITY)]
        after += _gathered(file, inner, at, order, big)
        moved.append(integers(pointer.tag, LONG, [at], order))
    return pack_directory(moved, start, order) + after
