"""The tag directories that TIFF and EXIF share, read and written without touching a value.

TIFF 6.0 section 2 and, for files beyond 4 GB, BigTIFF. An EXIF block is a TIFF file without pixels (Exif 2.32,
section 4.5).
"""

from __future__ import annotations

import struct
from typing import BinaryIO, Literal, NamedTuple

Order = Literal["<", ">"]

ORIENTATION, ICC, EXIF, GPS, INTEROPERABILITY = 0x0112, 0x8773, 0x8769, 0x8825, 0xA005
SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 3, 4, 5, 7, 16

_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {SHORT: "H", LONG: "I", RATIONAL: "I", LONG8: "Q"}
# Larger values are private blocks of other programs (layers, previews), and a wrong count must not fill the memory.
_LARGEST = 1 << 24


class Entry(NamedTuple):
    """One tag with its value as raw bytes in the byte order of its file; ``position`` is where the entry was read."""

    tag: int
    type: int
    length: int
    value: bytes
    position: int = 0

    def numbers(self, order: Order) -> tuple[int, ...]:
        """The value as unsigned integers, two for each rational; empty where its type is none of these."""
        code = _CODES.get(self.type)
        return struct.unpack(f"{order}{len(self.value) // struct.calcsize(code)}{code}", self.value) if code else ()


class Directory(NamedTuple):
    """The first directory of a TIFF file and how the file is laid out."""

    order: Order
    big: bool
    entries: tuple[Entry, ...]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The integers of ``tag``; empty where the directory lacks it."""
        return next((entry.numbers(self.order) for entry in self.entries if entry.tag == tag), ())


def integers(tag: int, kind: int, values: list[int], order: Order) -> Entry:
    """An entry of type SHORT, LONG or LONG8."""
    return Entry(tag, kind, len(values), struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values))


def first_directory(file: BinaryIO) -> Directory:
    """The first directory of ``file``; ValueError where its header or directory is damaged."""
    file.seek(0)
    head = file.read(16)
    orders: dict[bytes, Order] = {b"II": "<", b"MM": ">"}
    order = orders.get(head[:2])
    if order is None or len(head) < 8:
        raise ValueError("not a TIFF header")
    (version,) = struct.unpack(f"{order}H", head[2:4])
    if version not in (42, 43) or len(head) < (16 if version == 43 else 8):
        raise ValueError("not a TIFF header")
    big = version == 43
    (start,) = struct.unpack(f"{order}Q", head[8:16]) if big else struct.unpack(f"{order}I", head[4:8])
    return Directory(order, big, tuple(read_directory(file, start, order, big)))


def read_directory(file: BinaryIO, start: int, order: Order, big: bool = False) -> list[Entry]:
    """The entries of the directory at ``start``, but those of unknown type or beyond 16 MB; ValueError if damaged."""
    head, slot, entry_size = ("Q", "Q", 20) if big else ("H", "I", 12)
    (count,) = struct.unpack(order + head, _exactly(file, start, struct.calcsize(head)))
    first, entries = start + struct.calcsize(head), list[Entry]()
    table = _exactly(file, first, count * entry_size) if count < 4096 else b""
    for at in range(0, len(table), entry_size):
        tag, kind, number = struct.unpack_from(f"{order}HH{slot}", table, at)
        size = _WIDTHS.get(kind, _LARGEST + 1) * number
        if size > _LARGEST:
            continue
        inline = table[at + entry_size - struct.calcsize(slot) : at + entry_size]
        value = inline[:size] if size <= len(inline) else _exactly(file, struct.unpack(order + slot, inline)[0], size)
        entries.append(Entry(tag, kind, number, value, first + at))
    return entries


def pack_directory(entries: list[Entry], start: int, order: Order, big: bool = False) -> bytes:
    """The bytes of a directory that will stand at ``start`` of a file, with its long values behind it."""
    head, slot = ("Q", "Q") if big else ("H", "I")
    slot_size = struct.calcsize(slot)
    table = struct.pack(order + head, len(entries))
    values, beyond = b"", start + len(table) + len(entries) * (4 + 2 * slot_size) + slot_size
    for entry in sorted(entries):
        inline = entry.value
        if len(inline) > slot_size:
            inline = struct.pack(order + slot, beyond + len(values))
            values += entry.value + bytes(len(entry.value) % 2)
        table += struct.pack(f"{order}HH{slot}", entry.tag, entry.type, entry.length) + inline.ljust(slot_size, b"\0")
    return table + bytes(slot_size) + values


def _exactly(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    data = file.read(size)
    if len(data) != size:
        raise ValueError("a TIFF directory points beyond the end of its file")
    return data
