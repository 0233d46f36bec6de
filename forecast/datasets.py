"""Datasets: what a data/NAME.toml says of where figures come from and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecast import measures, parts, periods, specs, tomlfile
from forecast.errors import DataError, SpecError
from forecast.workspace import Workspace

ROLES = ("", "area", "sex", "age", "time", "label")
SCHEMAS = ("count", "share", "mean", "population", "money", "price", "parameter")
FREQUENCIES = ("A", "Q", "D")
BASE = ("measure", "area", "period", "value", "status", "published")


@dataclass(frozen=True)
class Variable:
    """How one variable of a StatBank table becomes a column of the long frame.

    Attributes:
        code: the variable's code in the table; `aliases` are its codes in other vintages.
        text: the variable's English name in the table list.
        role: `area`, `sex`, `age`, `time` or `label`: read by the table's own metadata, unmapped.
        values: our value by the table's code.
        texts: what the label of a code must contain; where it does not, the code list changed.
        skip: codes that are known and left out: totals, shares, unknown residence.
        rest: `error` (a code in neither list stops the pull) or `skip`.
        keep: whether the column stays in the frame; otherwise it only selects.
        optional: whether a table may lack the variable.
    """

    code: str
    aliases: tuple[str, ...] = ()
    text: str = ""
    role: str = ""
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    rest: str = "error"
    keep: bool = True
    optional: bool = False


@dataclass(frozen=True)
class StatbankSpec:
    """Which table of Statistics Denmark's StatBank, and how its codes read.

    Attributes:
        table: the table's id; or `pattern`, a regular expression over the table list whose
            group is the vintage's two-digit year.
        verified: whether the codes were compared with the table's own metadata.
        seen: where the codes were read while they are not verified.
        months: `mean` takes a monthly table to years with all twelve months.
        factor: what a published figure is multiplied by to be in the dataset's unit.
        marks: what the table's marks mean where that is not the usual, such as `..` suppressed.
    """

    table: str = ""
    pattern: str = ""
    verified: bool = False
    seen: str = ""
    months: str = ""
    factor: float = 1.0
    marks: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column of a file that a user brings.

    Attributes:
        about: what it holds, for the data dictionary of the template.
        names: headings that are taken for it, whatever the case.
        values: our value by the text in the file.
        allowed: the only values it may hold; none: any.
        required: whether the file must have it.
        example: a value for the template's example row.
    """

    about: str
    names: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    required: bool = True
    example: str = ""


@dataclass(frozen=True)
class FileSpec:
    """What a file of this dataset looks like.

    Attributes:
        columns: its columns beside those that are constant, by our name.
        marks: what text in place of a figure means, such as `x` for suppressed.
        wide: whether periods may stand side by side as columns.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    wide: bool = True


@dataclass(frozen=True)
class Published:
    """A published national total that the dataset's own sum is compared with."""

    period: str
    value: float
    tolerance: float
    source: str
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Checks:
    """What a dataset's figures are held against.

    Attributes:
        low: smallest value that makes sense.
        high: largest value that makes sense; `inf` for no limit.
        jump: factor between successive periods that is reported.
        reporting: how many municipalities a complete period has; 0: not a municipal table.
        published: national totals.
    """

    low: float = 0.0
    high: float = float("inf")
    jump: float = 3.0
    reporting: int = 0
    published: tuple[Published, ...] = ()


@dataclass(frozen=True)
class DatasetSpec:
    """All of one dataset (data/NAME.toml).

    Attributes:
        title: in Danish and English.
        purpose: what it is for in the product.
        schema: `count`, `share`, `mean`, `population`, `money`, `price` or `parameter`.
        measure: what is counted; a column `measure` of a file overrides it.
        unit: of the values.
        frequency: `A` years, `Q` quarters, `D` counts on dates.
        dimensions: columns beside area and period that identify a cell.
        extras: further columns of a cell, which do not identify it.
        numbers: dimensions and extras that hold numbers, not text.
        constants: columns with one value for the whole dataset.
        level: `municipality`, `region`, `nation` or `` (levels stand side by side).
        first: first period that the publisher has.
        lag: from a period's end to its publication, in days, where the calendar is silent.
        source: module of forecast/sources; what is asked of a publisher may come by file too.
        options: what the source's own module reads, beside `statbank` for StatBank's.
    """

    name: str
    title: dict[str, str]
    purpose: str
    publisher: str
    licence: str
    schema: str
    measure: str
    unit: str
    frequency: str
    source: str
    link: str = ""
    dimensions: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    level: str = "municipality"
    first: str = ""
    lag: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    statbank: StatbankSpec = field(default_factory=StatbankSpec)
    file: FileSpec = field(default_factory=FileSpec)
    checks: Checks = field(default_factory=Checks)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its long frame, in order."""
        return (*BASE[:3], *self.dimensions, *BASE[3:], *self.extras)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that no two rows may share."""
        return (*BASE[:3], *self.dimensions)


def read(name: str, path: Path) -> DatasetSpec:
    """Read and validate one dataset's TOML.

    Raises:
        SpecError: a key is unknown, missing or wrong.
    """
    return build(name, tomlfile.read(path), specs.named(path))


def build(name: str, table: dict[str, Any], where: str) -> DatasetSpec:
    """Make a dataset of a TOML table.

    Raises:
        SpecError: a key is unknown, missing or wrong; `where` begins the sentence.
    """
    spec = tomlfile.record(DatasetSpec, {"name": name, **table}, where)
    _choices(spec, where)
    _variables(spec, where)
    measures.get(spec.measure)
    if set(spec.title) != {"da", "en"}:
        raise SpecError(f"{where}: title needs da and en, and only these")
    if spec.first:
        try:
            periods.parse(spec.first)
        except DataError as error:
            raise SpecError(f"{where}: first: {error}") from None
    return spec


def get(name: str, workspace: Workspace | None = None) -> DatasetSpec:
    """Return one dataset; the workspace's own TOML wins over the shipped one.

    Raises:
        SpecError: there is none of that name; the sentence suggests the nearest.
    """
    return read(name, specs.path("data", name, workspace))


def everyone(workspace: Workspace | None = None) -> list[DatasetSpec]:
    """Return all datasets by name."""
    return [read(name, path) for name, path in sorted(specs.paths("data", workspace).items())]


def _choices(spec: DatasetSpec, where: str) -> None:
    given = {
        "schema": (spec.schema, SCHEMAS),
        "source": (spec.source, parts.names("sources")),
        "frequency": (spec.frequency, FREQUENCIES),
    }
    for key, (value, allowed) in given.items():
        if value not in allowed:
            raise SpecError(f"{where}: {key} is {value!r}; expected one of {', '.join(allowed)}")
    if spec.source == "statbank" and bool(spec.statbank.table) == bool(spec.statbank.pattern):
        raise SpecError(f"{where}: [statbank] needs either table or pattern")


def _variables(spec: DatasetSpec, where: str) -> None:
    for column, variable in spec.statbank.variables.items():
        at = f"{where}: [statbank.variables.{column}]"
        if variable.role not in ROLES:
            raise SpecError(f"{at} role is {variable.role!r}; expected one of {', '.join(ROLES)}")
        if variable.rest not in ("error", "skip"):
            raise SpecError(f"{at} rest is {variable.rest!r}; expected error or skip")
        if variable.keep and column not in (*BASE, *spec.dimensions, *spec.extras):
            raise SpecError(f"{at} is no column of the dataset; add it to dimensions or keep=false")
