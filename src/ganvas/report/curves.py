"""Loss curves as SVG that stands in the page itself: nothing is loaded, and it prints."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ganvas.report.axes import Axis, number, spanning
from ganvas.report.record import Key, Line, Played

Points = list[tuple[float, float]]

MOST = 400
"""The most points that a drawn line has."""

COLOURS = 6
"""How many colours the style sheet knows; each further run takes the first one again, with other dashes."""

DASHES = ("", "7 3", "2 3", "10 3 2 3", "5 2")

WIDTH, HEIGHT = 420, 250
LEFT, RIGHT, TOP, BOTTOM = 58, 410, 24, 214


@dataclass(frozen=True)
class Curve:
    """(round, value) of one term in one run: the points of each stage, between which no line is drawn."""

    label: str
    stages: Sequence[Points]

    @property
    def points(self) -> Points:
        return [point for stage in self.stages for point in stage]


@dataclass(frozen=True)
class Guide:
    """A value that the curve is to be seen against, such as ln 2 where a discriminator cannot tell."""

    value: float
    label: str


def curve(label: str, lines: Sequence[Line], stages: Sequence[Played], key: Key) -> Curve:
    """The term ``key`` over the rounds of the whole run; values that are not finite are left out."""
    found = [
        [
            (float(stage.start + line.round), line.values[key])
            for line in lines
            if line.stage == stage.index and math.isfinite(line.values.get(key, math.nan))
        ]
        for stage in stages
    ]
    return Curve(label, [points for points in found if points])


def chart(
    title: str,
    curves: Sequence[Curve],
    guides: Sequence[Guide] = (),
    stages: Sequence[Played] = (),
    unit: str = "",
    *,
    across: str = "rounds",
    smooth: bool = True,
) -> str:
    """The figure of ``curves``, drawn in the colours 0, 1, ... of the style sheet; "" where there is no point.

    One curve alone shows its values too, faintly behind their moving mean. ``stages`` are marked where they begin.
    Without ``smooth`` the values themselves are drawn. ``across`` is what the curves run over.
    """
    numbered = [(index, each) for index, each in enumerate(curves) if each.points]
    if not numbered:
        return ""
    drawn = {index: [smoothed(points) if smooth else points for points in each.stages] for index, each in numbered}
    # What is no loss over rounds is a function, drawn from 0 on a scale that is not logarithmic.
    seen = [*guides, *([] if across == "rounds" else [Guide(0.0, "")])]
    x, y = _axes([each for _, each in numbered], drawn.values(), seen)
    lines = [_line(drawn[index], x, y, f"c{index % COLOURS}", dashes(index)) for index, _ in numbered]
    if len(curves) == 1 and smooth:
        lines.insert(0, _line(curves[0].stages, x, y, "raw c0"))
    said = "; ".join(f"{each.label} {_summary(each, drawn[index], across)}" for index, each in numbered)
    remark = f" {_summary(curves[0], drawn[0], across)}" if len(curves) == 1 else ""
    caption = f"<b>{html.escape(title)}</b>{remark}"
    frame = f'x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}"'
    return (
        f'<figure class="chart"><figcaption>{caption}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(f"{title}: {said}")}">'
        f"{_grid(x, y, unit, across)}{_beginnings(stages, x)}"
        # A svg within a svg cuts off what leaves the frame: a spike may, since it does not set the range.
        f'<svg {frame} viewBox="{LEFT} {TOP} {RIGHT - LEFT} {BOTTOM - TOP}">{"".join(lines)}</svg>'
        f"{''.join(_guide(guide, y) for guide in guides)}</svg></figure>"
    )


def legend(labels: Sequence[str]) -> str:
    """Which colour and which dashes are whose."""
    items = (f"<li>{swatch(index)} {html.escape(label)}</li>" for index, label in enumerate(labels))
    return f'<ul class="legend">{"".join(items)}</ul>'


def swatch(index: int) -> str:
    """A short piece of the line of curve ``index``."""
    path = f'<path class="line c{index % COLOURS}"{dashes(index)} d="M0 5H28"/>'
    return f'<svg class="swatch" viewBox="0 0 28 10" aria-hidden="true">{path}</svg>'


def dashes(index: int) -> str:
    """Colours alone would not tell all curves apart to all eyes."""
    pattern = DASHES[(index + index // COLOURS) % len(DASHES)]
    return f' stroke-dasharray="{pattern}"' if pattern else ""


def smoothed(points: Points) -> Points:
    """The moving mean over a fifteenth of the points, over what is there of it at the ends."""
    half = len(points) // 30
    sums = np.cumsum([0.0, *(value for _, value in points)])
    ends = [(max(0, i - half), min(len(points), i + half + 1)) for i in range(len(points))]
    return [
        (x, float(sums[end] - sums[begin]) / (end - begin)) for (x, _), (begin, end) in zip(points, ends, strict=True)
    ]


def thinned(points: Points, most: int = MOST) -> Points:
    """At most ``most`` of ``points`` (two at the least), the lowest and the highest of each stretch: no spike is lost.

    >>> thinned([(0, 1), (1, 9), (2, 2), (3, 3), (4, -5), (5, 0)], 4)
    [(0, 1), (1, 9), (3, 3), (4, -5)]
    """
    if len(points) <= most:
        return points
    stretches = max(1, most // 2)
    kept: Points = []
    for index in range(stretches):
        begin, end = (len(points) * each // stretches for each in (index, index + 1))
        stretch = points[begin:end]
        extremes = {min(stretch, key=lambda point: point[1]), max(stretch, key=lambda point: point[1])}
        kept += sorted(extremes)
    return kept


def _axes(curves: Sequence[Curve], smooth: Iterable[Sequence[Points]], guides: Sequence[Guide]) -> tuple[Axis, Axis]:
    """The range is that of the means and of all but the outermost values."""
    rounds = [x for each in curves for x, _ in each.points]
    first, last = min(rounds), max(rounds)
    values = [value for stages in smooth for points in stages for _, value in points]
    values += [guide.value for guide in guides]
    for each in curves:
        values += np.quantile([value for _, value in each.points], (0.02, 0.98)).tolist() if len(curves) == 1 else []
    # A first logged round near the left edge means that the curve begins at the beginning.
    begin = 0.0 if 0 <= first <= last / 10 else first
    return Axis(begin, last if last > begin else begin + 1, LEFT, RIGHT), spanning(values, BOTTOM, TOP)


def _line(stages: Iterable[Points], x: Axis, y: Axis, kind: str, dashes: str = "") -> str:
    parts = list(stages)
    total = sum(len(points) for points in parts)
    few = [thinned(points, max(2, MOST * len(points) // total)) for points in parts]
    path = "".join(_path(points, x, y) for points in few)
    return f'<path class="line {kind}"{dashes} d="{path}"/>'


def _path(points: Points, x: Axis, y: Axis) -> str:
    floor = y.low if y.log else -math.inf
    places = [f"{x(at):g} {y(max(value, floor)):g}" for at, value in points]
    # A single point is a line of no length, which round caps make visible.
    return f"M{'L'.join(places if len(places) > 1 else places * 2)}"


def _grid(x: Axis, y: Axis, unit: str, across: str) -> str:
    rows = "".join(f"M{LEFT} {y(tick):g}H{RIGHT}" for tick in y.ticks())
    marks = "".join(f"M{x(tick):g} {BOTTOM}v4" for tick in x.ticks(5))
    left = "".join(f'<text class="end" x="{LEFT - 5}" y="{y(tick) + 4:g}">{number(tick)}</text>' for tick in y.ticks())
    below = "".join(
        f'<text class="middle" x="{min(x(tick), RIGHT - 8):g}" y="{BOTTOM + 17}">{number(tick)}</text>'
        for tick in x.ticks(5)
    )
    named = f"{unit}{', log scale' if y.log else ''}".removeprefix(", ")
    names = f'<text class="end" x="{RIGHT}" y="{HEIGHT - 4}">{html.escape(across)}</text>'
    names += f'<text x="2" y="{TOP - 9}">{html.escape(named)}</text>'
    return (
        f'<path class="grid" d="{rows}"/><path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}{marks}"/>{left}{below}{names}'
    )


def _beginnings(stages: Sequence[Played], x: Axis) -> str:
    """A line where a stage begins, and its name above where there is room for it; nothing where one alone is seen."""
    places = [[min(max(x(at), LEFT), RIGHT) for at in (stage.start, stage.start + stage.rounds)] for stage in stages]
    seen = [(stage.name, begin, end) for stage, (begin, end) in zip(stages, places, strict=True) if end > begin]
    drawn = ""
    for name, begin, end in seen if len(seen) > 1 else []:
        drawn += f'<path class="stage" d="M{begin:g} {TOP}V{BOTTOM}"/>' if begin > LEFT else ""
        if end - begin > 8 * len(name):
            drawn += f'<text class="middle" x="{(begin + end) / 2:g}" y="{TOP - 6}">{html.escape(name)}</text>'
    return drawn


def _guide(guide: Guide, y: Axis) -> str:
    at = y(guide.value)
    name = f'<text class="end halo" x="{RIGHT - 2}" y="{at - 4:g}">{html.escape(guide.label)}</text>'
    return f'<path class="guide" d="M{LEFT} {at:g}H{RIGHT}"/>{name}'


def _summary(each: Curve, drawn: Sequence[Points], across: str) -> str:
    means = [value for points in drawn for _, value in points]
    if across != "rounds":
        return f"from {min(means):.4g} to {max(means):.4g}"
    return f"{means[-1]:.4g} at round {each.points[-1][0]:g}, lowest {min(means):.4g}"
