from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import reports

from forecast import areas, parts
from forecast.reporting import figures
from forecast.reporting.document import Figure
from forecast.reporting.figures import _svg, bars, bridge, lines, tiles
from forecast.reporting.figures.bars import Bar, Bars
from forecast.reporting.figures.lines import Line, Lines
from forecast.reporting.figures.tiles import Tile, Tiles


def all_figures() -> list[Figure]:
    return [f for area in ("751", "000") for f in reports.report(area).figures]


@pytest.mark.parametrize("figure", all_figures(), ids=lambda f: f.name)
def test_a_drawing_is_well_formed_labelled_and_inside_its_frame(figure: Figure) -> None:
    svg = figures.draw(figure)
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert figure.caption.split(".")[0] in root.attrib["aria-label"]
    width, height = figures.size(svg)
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.attrib["x"]) <= width
        assert 0 <= float(text.attrib["y"]) <= height
    assert not re.search(r"\b(nan|inf)\b", svg)
    assert svg == figures.draw(figure)


def luminance(colour: str) -> float:
    parts_ = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts_]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_told_apart_and_text_read() -> None:
    for text in (_svg.INK, _svg.MUTED, _svg.ACCENT, _svg.CONTRAST):
        assert contrast(text, "#ffffff") >= 4.5
    assert contrast(_svg.EDGE, "#ffffff") >= 3
    shades = [luminance(shade) for shade in tiles.SHADES]
    assert shades == sorted(shades, reverse=True)
    for i, shade in enumerate(tiles.SHADES):
        assert contrast(shade, "#ffffff" if i >= 3 else _svg.INK) >= 4.5


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e6))
def test_ticks_are_round_and_cover(low: float, width: float) -> None:
    steps = _svg.ticks(low, low + width)
    slack = 1e-6 * (abs(low) + width)  # a step is taken as reached a billionth before it
    assert steps[0] <= low + slack
    assert steps[-1] >= low + width - slack
    assert 2 <= len(steps) <= 9


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_labels_do_not_touch(wanted: list[float]) -> None:
    placed = sorted(_svg.spread(wanted, 15, 0, 300))
    assert all(b - a >= 15 - 1e-9 for a, b in pairwise(placed))


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(5, 45)), min_size=1, max_size=6))
def test_labels_of_several_lines_have_the_room_of_each(labels: list[tuple[float, float]]) -> None:
    placed = _svg.spread([at for at, _ in labels], [room for _, room in labels], 0, 300)
    inside = sorted(zip(placed, (room for _, room in labels), strict=True))
    assert all(b - a >= room - 1e-9 for (a, room), (b, _) in pairwise(inside))
    assert max(placed) <= 300


def test_the_98_tiles_stand_apart_and_have_different_names() -> None:
    table = areas.table()
    table = table[table["level"] == "municipality"]
    columns = (table[n].tolist() for n in ("code", "name", "lon", "lat"))
    some = tuple(
        Tile(c, n, float(x), float(y), 1.0, "1") for c, n, x, y in zip(*columns, strict=True)
    )
    places = tiles.layout(tuple((t.code, t.lon, t.lat) for t in some))
    assert len(set(places.values())) == len(places) == 98
    labels = {tiles.label(t.name) for t in some}
    assert len(labels) == 98
    assert all(len(line) <= 10 for lines in labels for line in lines)
    assert all(
        "".join(tiles.label(t.name)).replace("-", "")[:5] in t.name.replace("-", "") for t in some
    )
    assert places["101"][0] > places["751"][0]  # København lies east of Aarhus
    assert places["851"][1] < places["461"][1]  # Aalborg north of Odense
    drawn = Figure("m", "tiles", Tiles(some, (1, 2, 3, 4), ("a",) * 5, "c", ""), "c", "c alt")
    assert figures.draw(drawn).count("<title>") == 98


def test_a_falling_term_is_drawn_to_the_left_and_not_filled() -> None:
    steps = (bridge.Step("a", 10.0, True), bridge.Step("b", -4.0), bridge.Step("c", 6.0, True))
    canvas = bridge.draw(bridge.Bridge(steps, "mio. kr.", "da"))
    boxes = [p for p in canvas.parts if p.startswith("<rect")]
    assert 'fill="#ffffff"' in boxes[1]
    assert "−4,0" in "".join(canvas.parts)


def test_neighbours_of_one_shade_stay_apart() -> None:
    some = tuple(Tile(c, c, 9.0 + i, 55.0, 9.0, "9") for i, c in enumerate(("101", "751")))
    canvas = tiles.draw(Tiles(some, (1, 2, 3, 4), ("a",) * 5, "c", ""))
    dark = [p for p in canvas.parts if p.startswith("<rect") and tiles.SHADES[-1] in p]
    assert len(dark) == 3  # two tiles and the legend
    assert all('stroke="#ffffff"' in p for p in dark[:2])


def test_the_name_of_the_lowest_line_ends_above_the_axis() -> None:
    name = "a name that takes all of three lines where it stands beside its own line"
    some = tuple(Line(name, ((2020.0, i), (2030.0, i))) for i in range(5))
    canvas = lines.draw(Lines(some, "", "en", from_zero=True))
    beside = [re.search(r' y="([\d.]+)"', p) for p in canvas.parts if 'font-weight="600"' in p]
    assert len(beside) == 15
    assert max(float(y[1]) for y in beside if y) <= canvas.height - _svg.FRAME[3]


def test_every_kind_of_figure_can_be_drawn() -> None:
    for name in parts.names("reporting.figures"):
        assert callable(parts.find("reporting.figures", name).draw)


def test_quarters_are_marked_by_their_years() -> None:
    points = tuple((2018 + quarter / 4, float(quarter)) for quarter in range(12))
    drawn = figures.draw(Figure("f", "lines", Lines((Line("a", points),), "", "en"), "c", "d"))
    marks = re.findall(r">(\d{4}(?:\.\d+)?)</text>", drawn)
    assert marks == ["2020", "2019", "2018"]


@pytest.mark.parametrize(
    "figure", [f for f in all_figures() if f.kind in ("fan", "lines")], ids=lambda f: f.name
)
def test_the_vertical_axis_alone_has_the_drawings_own_values_at_their_heights(
    figure: Figure,
) -> None:
    drawn = figures.canvas(figure)
    alone, whole = (ElementTree.fromstring(s) for s in (drawn.render_axis(), drawn.render("x")))
    name = "text"
    numbers = [(t.attrib["y"], t.text) for t in alone.iter(name)]
    space = "{http://www.w3.org/2000/svg}"
    left = {(t.attrib["y"], t.text) for t in whole.iter(space + name)
            if t.attrib.get("text-anchor") == "end" and float(t.attrib["x"]) < 64}  # fmt: skip
    assert len(numbers) > 2
    assert set(numbers) == left
    assert alone.attrib["aria-hidden"] == "true"
    assert alone.attrib["viewBox"] == f"0 0 60 {drawn.height:g}"
    assert drawn.unit in {t.text for t in whole.iter(space + name)}


def test_short_names_leave_their_room_to_the_bars_and_long_ones_are_whole() -> None:
    def left(*names: str) -> tuple[float, list[str]]:
        data = Bars(tuple(Bar(name, 3.0) for name in names), "kr.", "da")
        root = ElementTree.fromstring(bars.draw(data).render("alt"))
        space = "{http://www.w3.org/2000/svg}"
        shown = [t for t in root.iter(f"{space}text") if t.attrib.get("text-anchor") == "end"]
        return float(shown[0].attrib["x"]), [str(t.text) for t in shown]

    short, told = left("Samsø", "Faaborg-Midtfyn")
    assert told == ["Samsø", "Faaborg-Midtfyn"]
    assert short < 140
    long, lines = left("5.38.42 Botilbud for personer med særlige sociale problemer (§§ 109-110)")
    assert long == 280
    assert " ".join(lines).endswith("(§§ 109-110)")
