"""Tables for the loopback StatBank, with the codes that the dataset specifications expect."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from forecast import areas, datasets
from forecast.datasets import DatasetSpec
from support.statbank_server import Table, Variable

YEARS = ("2022", "2023", "2024")
QUARTERS = ("2023K1", "2023K2", "2023K3", "2023K4", "2024K1", "2024K2", "2024K3", "2024K4")
MONTHS = tuple(f"{y}M{m:02d}" for y in (2023, 2024) for m in range(1, 13))
SEX = (("M", "Mænd", "Men"), ("K", "Kvinder", "Women"))


def figure(key: tuple[str, ...]) -> str:
    """Return a whole number that depends on the cell's codes alone."""
    return str(int.from_bytes(sha256("|".join(key).encode()).digest()[:2], "big") % 5000)


def share(key: tuple[str, ...]) -> str:
    """Return a share in per cent with one decimal."""
    return f"{int(figure(key)) % 90 / 10 + 0.5:.1f}"


def area_values(spec: DatasetSpec) -> tuple[tuple[str, str, str], ...]:
    """Return the areas that a dataset's table has, three levels in one column."""
    table = areas.table()
    held = table[table["level"].isin(["municipality", "nation", "region"])]
    codes = [str(code) for code in held["code"]]
    if spec.level == "region":
        codes = [c for c in codes if c.startswith("0")]
    if spec.name == "folk1a":
        codes.append("411")
    if spec.name in ("hand01", "hand07"):
        codes = [c for c in codes if not c.startswith("0") and c != "187"]
    return tuple((c, areas.name(c), areas.name(c)) for c in codes)


def periods(spec: DatasetSpec) -> tuple[str, ...]:
    """Return the periods of a dataset's table."""
    if spec.statbank.months:
        return MONTHS
    return QUARTERS if spec.frequency == "Q" else YEARS


def ages(top: int, total: str) -> tuple[tuple[str, str, str], ...]:
    """Return single ages with a total in front and an open group at the end."""
    single = [(str(a), f"{a} år", f"{a} years") for a in range(top)]
    last = (f"{top}-", f"{top} år og derover", f"{top} years and over")
    return ((total, "Alder i alt", "Age, total"), *single, last)


def variable(spec: DatasetSpec, column: str) -> Variable:
    """Return one variable as the specification expects it."""
    given = spec.statbank.variables[column]
    text = given.text or column
    values: tuple[tuple[str, str, str], ...]
    if given.role == "area":
        values = area_values(spec)
    elif given.role == "time":
        values = tuple((p, p, p) for p in periods(spec))
    elif given.role == "sex":
        values = (("TOT", "I alt", "Total"), *SEX)
    elif given.role == "age":
        values = ages(20, "IALT")
    elif given.role == "label":
        values = (("1", "I alt", "Total"), ("2", "Døgninstitution", "Institution"))
    else:
        mapped = [
            (c, f"{ours} {given.texts.get(c, '')}".strip()) for c, ours in given.values.items()
        ]
        skipped = [(c, f"{c} i alt") for c in given.skip]
        values = tuple((c, t, t) for c, t in (*skipped, *mapped))
    return Variable(given.code, text, text, values, time=given.role == "time")


def table(name: str, id: str = "", say: Callable[[tuple[str, ...]], str] = figure) -> Table:
    """Return the table that a dataset expects."""
    spec = datasets.get(name)
    variables = tuple(variable(spec, column) for column in spec.statbank.variables)
    said = share if spec.schema == "share" and say is figure else say
    return Table(id or spec.statbank.table, spec.title["en"], variables, said)


def projection(year: int, code: str, sexes: tuple[tuple[str, str, str], ...] = SEX) -> Table:
    """Return a projection table of one vintage, with that vintage's own codes."""
    spec = datasets.get("frkm")
    times = tuple((str(y),) * 3 for y in range(year, year + 4))
    variables = (
        Variable(code, "kommune", "municipality", area_values(spec)),
        Variable("ALDER", "alder", "age", ages(20, "TOT")),
        Variable("KØN", "køn", "sex", sexes),
        Variable("Tid", "tid", "time", tuple(times), time=True),
    )  # fmt: skip
    updated = f"{year}-06-04T08:00:00"
    return Table(f"FRKM1{year % 100}", f"Population projections {year}", variables, figure, updated)


def everything() -> list[Table]:
    """Return all tables that `pull --all` asks for, the projections of three years included."""
    names = [s.name for s in datasets.everyone() if s.source == "statbank" and s.statbank.table]
    older = (("1", "Mænd", "Men"), ("2", "Kvinder", "Women"))
    projections = [projection(2023, "OMRÅDE", older), projection(2024, "KOMMUNEDK"),
                   projection(2025, "KOMMUNEDK")]  # fmt: skip
    return [*(table(name) for name in names), *projections]
