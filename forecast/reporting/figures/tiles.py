"""A tile map: one tile a municipality, near its place, each with its name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from forecast.reporting.figures._svg import INK, MUTED, Canvas, fitted

_TILE, _GAP, _NAME = 46, 3, 10.5
SHADES = ("#eef4f7", "#c3dae4", "#8cb8ca", "#3b7691", "#0a4058")


@dataclass(frozen=True)
class Tile:
    """One municipality's value: None is not shown."""

    code: str
    name: str
    lon: float
    lat: float
    value: float | None
    text: str


@dataclass(frozen=True)
class Tiles:
    """Data of a tile map.

    Attributes:
        limits: four values between the five classes.
        legend: text of each class, from low to high.
    """

    tiles: tuple[Tile, ...]
    limits: tuple[float, ...]
    legend: tuple[str, ...]
    caption: str
    missing: str
    marked: str = ""


def draw(data: Tiles) -> Canvas:
    """Return the drawing."""
    places = layout(tuple((t.code, t.lon, t.lat) for t in data.tiles))
    columns = max(c for c, _ in places.values()) + 1
    rows = max(r for _, r in places.values()) + 1
    size = _TILE + _GAP
    canvas = Canvas(columns * size + 8, rows * size + 56)
    canvas.text(4, 16, data.caption, fill=MUTED)
    for tile in data.tiles:
        column, row = places[tile.code]
        _tile(canvas, data, tile, (4 + column * size, 28 + row * size))
    _legend(canvas, data)
    return canvas


def _tile(canvas: Canvas, data: Tiles, tile: Tile, at: tuple[float, float]) -> None:
    x, y = at
    shade = None if tile.value is None else sum(tile.value > limit for limit in data.limits)
    fill = "#ffffff" if shade is None else SHADES[shade]
    # a light tile has an edge; dark ones a white one, so that neighbours of a shade stay apart
    stroke = "#8f9ba1" if shade is None or shade < 2 else "#ffffff"
    edge = {"stroke": INK, "stroke_width": 3} if tile.code == data.marked else {"stroke": stroke}
    canvas.rect(x, y, _TILE, _TILE, fill=fill, title=f"{tile.name}: {tile.text}", **edge)
    ink = "#ffffff" if shade is not None and shade >= 3 else INK
    middle, lines = x + _TILE / 2, label(tile.name)
    first = y + (18 if len(lines) == 1 else 13)
    for i, line in enumerate(lines):
        look = {"anchor": "middle", "fill": ink, "font_size": _NAME, "font_weight": 600}
        canvas.text(middle, first + 11 * i, fitted(line, _TILE + 4, _NAME), **look)
    canvas.text(middle, y + 40, tile.text, anchor="middle", fill=ink, font_size=11)


def _legend(canvas: Canvas, data: Tiles) -> None:
    y = canvas.height - 22
    width = min((canvas.width - 8) / 6, 130)
    names = [*data.legend, data.missing] if data.missing else list(data.legend)
    for i, name in enumerate(names):
        fill = SHADES[i] if i < len(SHADES) else "#ffffff"
        canvas.rect(4 + i * width, y, 16, 16, fill=fill, stroke="#8f9ba1")
        canvas.text(4 + i * width + 21, y + 12, fitted(name, width - 22, 11), font_size=11)


def label(name: str) -> tuple[str, ...]:
    """Return a municipality's name in one line or two, so that each tile names itself."""
    return _LINES.get(name, (name,))


_LINES = {
    "København": ("Køben-", "havn"),
    "Frederiksberg": ("Frede-", "riksberg"),
    "Albertslund": ("Alberts-", "lund"),
    "Høje-Taastrup": ("Høje-", "Taastrup"),
    "Lyngby-Taarbæk": ("Lyngby-", "Taarbæk"),
    "Vallensbæk": ("Vallens-", "bæk"),
    "Fredensborg": ("Fredens-", "borg"),
    "Helsingør": ("Hels-", "ingør"),
    "Rudersdal": ("Ruders-", "dal"),
    "Frederikssund": ("Frede-", "rikssund"),
    "Odsherred": ("Ods-", "herred"),
    "Kalundborg": ("Kalund-", "borg"),
    "Guldborgsund": ("Guld-", "borgsund"),
    "Vordingborg": ("Vording-", "borg"),
    "Middelfart": ("Middel-", "fart"),
    "Faaborg-Midtfyn": ("Faaborg-", "Midtfyn"),
    "Kerteminde": ("Kerte-", "minde"),
    "Svendborg": ("Svend-", "borg"),
    "Langeland": ("Lange-", "land"),
    "Haderslev": ("Haders-", "lev"),
    "Sønderborg": ("Sønder-", "borg"),
    "Fredericia": ("Frede-", "ricia"),
    "Holstebro": ("Holste-", "bro"),
    "Norddjurs": ("Nord-", "djurs"),
    "Silkeborg": ("Silke-", "borg"),
    "Skanderborg": ("Skander-", "borg"),
    "Ikast-Brande": ("Ikast-", "Brande"),
    "Ringkøbing-Skjern": ("Ringkøb.", "Skjern"),
    "Hedensted": ("Heden-", "sted"),
    "Brønderslev": ("Brønder-", "slev"),
    "Frederikshavn": ("Frede-", "rikshavn"),
    "Vesthimmerlands": ("Vesthim-", "merlands"),
    "Mariagerfjord": ("Mariager-", "fjord"),
    "Jammerbugt": ("Jammer-", "bugt"),
}


@cache
def layout(points: tuple[tuple[str, float, float], ...]) -> dict[str, tuple[int, int]]:
    """Return a column and a row for each centre point: no two alike, neighbours near each other.

    The points go by rank onto a grid that is finer than the map, then each takes the free cell
    nearest to its place, the crowded ones (around the capital) first.
    """
    if not points:
        return {}
    wanted = {code: _wanted(lon, lat) for code, lon, lat in points}
    crowd = {
        a: sum((ax - bx) ** 2 + (ay - by) ** 2 < 4 for bx, by in wanted.values())
        for a, (ax, ay) in wanted.items()
    }
    free = {(c, r) for c in range(-2, 22) for r in range(-2, 20)}
    placed: dict[str, tuple[int, int]] = {}
    for code in sorted(wanted, key=lambda k: (-crowd[k], k)):
        x, y = wanted[code]
        best = min(free, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell))
        free.remove(best)
        placed[code] = best
    left, top = min(c for c, _ in placed.values()), min(r for _, r in placed.values())
    return {code: (c - left, r - top) for code, (c, r) in placed.items()}


def _wanted(lon: float, lat: float) -> tuple[float, float]:
    """Return the place on a grid; Bornholm is drawn in, as maps of Denmark do."""
    if lon > 14:
        lon, lat = 12.7, 57.0
    stretched = lon + max(0.0, lon - 11.9) * 1.5  # Sjælland is crowded, so it is drawn wider
    return (stretched - 8.0) * 2.7, (57.8 - lat) * 4.6
