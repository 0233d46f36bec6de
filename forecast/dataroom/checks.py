"""Checks: what a dataset's figures are held against before anyone relies on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import areas, datasets, frames, periods, services, vintages
from forecast.dataroom import breaks, population
from forecast.datasets import DatasetSpec, Published
from forecast.errors import DataError, VintageError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

SHOWN = 5
SMALL = 20.0  # a series below this jumps by chance
SINGLE = ("population",)  # schemas whose ages are single years
CENTURY = 100  # years of age, from where ages may be open-ended
FORM = ("form", "existence")  # what else is found deserves a look, no more


@dataclass(frozen=True)
class Check:
    """One check's outcome.

    Attributes:
        name: what was checked.
        passed: whether nothing was found.
        text: one sentence: what was found, or that nothing was.
        table: the cells it is about, worst first; may be empty.
    """

    name: str
    passed: bool
    text: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Section:
    """All checks of one dataset, as a section that a report can take in."""

    dataset: str
    title: str
    vintages: tuple[str, ...]
    real_time: bool
    synthetic: bool
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(c.passed for c in self.checks)

    @property
    def sound(self) -> bool:
        """Whether the data hold their form; other findings deserve a look, no more."""
        return all(c.passed for c in self.checks if c.name in FORM)


def run(workspace: Workspace, dataset: str, known_at: str | None = None) -> Section:
    """Check what is known of a dataset.

    Raises:
        VintageError: there is no data.
        SpecError: there is no such dataset.
    """
    spec = datasets.get(dataset, workspace)
    known = vintages.known(workspace, dataset, known_at)
    frame = weighted(known.frame, spec, (workspace, known_at))
    found = (check(frame, spec) for check in CHECKS)
    done = tuple(c for c in found if c is not None)
    return Section(
        dataset=dataset,
        title=spec.title["en"],
        vintages=tuple(v.id for v in known.vintages),
        real_time=known.real_time,
        synthetic=any(v.synthetic for v in known.vintages),
        checks=done,
    )


def weighted(
    frame: pd.DataFrame, spec: DatasetSpec, source: tuple[Workspace, str | None]
) -> pd.DataFrame:
    """Add `weight`, the persons that a share refers to, in the periods of published totals.

    Where no population is stored, nothing is added, and shares are not compared.
    """
    wanted = [p.period for p in spec.checks.published]
    rows = frame[frame["period"].isin(wanted) & frame["area"].isin(areas.municipalities())]
    if spec.schema != "share" or rows.empty:
        return frame
    codes, line = sorted({*rows["area"]}), sorted({*rows["period"]})
    ages = str(rows["age"].iloc[0]) if "age" in rows else ""
    try:
        persons, _ = population.exposure(source[0], ages, codes, line, source[1])
    except (DataError, VintageError):
        return frame
    known = {(c, p): persons[i, j] for i, c in enumerate(codes) for j, p in enumerate(line)}
    pairs = zip(frame["area"], frame["period"], strict=True)
    return frame.assign(weight=[known.get(pair, np.nan) for pair in pairs])


def form(frame: pd.DataFrame, spec: DatasetSpec) -> Check:
    """Check columns, statuses, areas, periods, ranges, and that no cell stands twice."""
    try:
        frames.validated(frame, spec, spec.name)
    except DataError as error:
        return Check("form", False, str(error).replace("; nothing was stored", ""), frame.iloc[:0])
    return Check(
        "form", True, f"{len(frame)} cells keep the rules of the long frame", frame.iloc[:0]
    )


def statuses(frame: pd.DataFrame, spec: DatasetSpec) -> Check:
    """Count observed, suppressed, not applicable, not reported and zero apart."""
    del spec
    counts = frame.groupby("status").size().rename("cells").reset_index()
    zeros = int((frame["value"] == 0).sum())
    words = ", ".join(f"{row.cells} {row.status}" for row in counts.itertuples())
    return Check("statuses", True, f"{words}; {zeros} of the observed are zero", counts)


def completeness(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """Name the municipalities that do not report in a period in which others do."""
    import pandas as pd

    if not spec.checks.reporting:
        return None
    held = frame[frame["status"] != frames.NOT_REPORTED]
    expected = {*areas.municipalities()} & {*frame["area"]}
    rows = []
    for period, part in held.groupby("period"):
        missing = sorted(expected - {*part["area"]})
        if missing:
            rows.append((period, len(missing), ", ".join(areas.name(c) for c in missing[:SHOWN])))
    table = pd.DataFrame(rows, columns=["period", "missing", "who"])
    never = sorted({*areas.municipalities()} - expected)
    absent = max(len(areas.municipalities()) - spec.checks.reporting, 0)
    passed = table.empty and len(never) <= absent
    who = ", ".join(areas.name(c) for c in never[:SHOWN]) or "none"
    text = f"{len(expected)} municipalities report (never: {who}); {len(table)} periods have gaps"
    return Check("completeness", passed, text, table)


def ages(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """Name the single ages that are missing between the youngest and the oldest."""
    if spec.schema not in SINGLE:
        return None
    single = {int(a) for a in frame["age"].unique() if a.isdigit()}
    oldest = max(single, default=0)
    whole = set(range(min(single), CENTURY)) if single else set()
    open_ended = [a for a in frame["age"].unique() if a.endswith("+")]
    top = min((int(a[:-1]) for a in open_ended), default=CENTURY + 1)
    missing = sorted(a for a in whole - single if a < top)
    older = not open_ended and oldest <= CENTURY
    named = [*map(str, missing), *([f"above {oldest}"] if older else [])]
    text = f"missing ages: {', '.join(named)}" if named else "no age is missing"
    return Check("ages", not named, text, frame.iloc[:0])


def levels(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """Compare area levels that stand side by side, so that nobody adds them up twice."""
    level = frame["area"].map(areas.table().set_index("code")["level"])
    held = sorted(level.dropna().unique())
    if len(held) < 2 or spec.schema not in ("count", "population", "money"):
        return None
    keys = ["period", *spec.dimensions]
    sums = frame.assign(level=level).pivot_table(
        index=keys, columns="level", values="value", aggfunc="sum", min_count=1
    )
    text = f"{len(held)} area levels stand in one column ({', '.join(held)}): use one of them"
    if "nation" not in held or "municipality" not in held:
        return Check("levels", True, text, frame.iloc[:0])
    parts = sums["municipality"] + (sums["other"].fillna(0) if "other" in sums else 0)
    off = sums[(parts - sums["nation"]).abs() > 0.02 * sums["nation"].abs() + 10]
    passed = len(off) <= 0.05 * len(sums)
    if len(off):
        text += f"; in {len(off)} of {len(sums)} sums municipalities and nation differ"
    return Check("levels", passed, text, off.reset_index().head(SHOWN))


def jumps(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """List cells that change more from one period to the next than the dataset's factor."""
    import pandas as pd

    if not np.isfinite(spec.checks.jump):
        return None
    keys = [k for k in spec.keys if k != "period"]
    held = frame[frame["value"].notna()].sort_values([*keys, "period"], kind="stable")
    before = held.groupby(keys, sort=False)["value"].shift()
    ratio = held["value"].abs() / before.abs()
    large = np.maximum(held["value"].abs(), before.abs()) >= SMALL
    factor = np.maximum(ratio, 1 / ratio)
    found = held.assign(before=before, factor=factor)[(factor > spec.checks.jump) & large]
    table = pd.DataFrame(found.sort_values("factor", ascending=False))
    columns = [*keys[1:], "period", "before", "value", "factor"]
    share = len(table) / max(len(held), 1)
    text = f"{len(table)} cells ({100 * share:.2f} %) change more than {spec.checks.jump:g}-fold"
    return Check("jumps", share <= 0.01, text, table[columns].reset_index(drop=True))


def totals(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """Compare the dataset's own national sums with published ones."""
    import pandas as pd

    rows = [_compared(frame, spec, p) for p in spec.checks.published]
    held = [r for r in rows if r is not None]
    if not held:
        return None
    columns = ["period", "published", "here", "difference", "tolerance", "source"]
    table = pd.DataFrame(held, columns=columns)
    off = table[table["difference"].abs() > table["tolerance"]]
    text = f"{len(held)} published totals were compared, {len(off)} are off"
    return Check("published totals", off.empty, text, table)


def existence(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """List figures above zero for a service before it existed."""
    if "service" not in spec.dimensions:
        return None
    begins = {c: s.valid_from for c, s in services.table().items() if s.valid_from}
    new = frame[frame["service"].isin(list(begins)) & (frame["value"] > 0)]
    early = [
        periods.parse(p).start < periods.parse(begins[s]).start
        for p, s in zip(new["period"], new["service"], strict=True)
    ]
    found = new[np.array(early, dtype=bool)]
    text = f"{len(found)} figures stand before their service existed"
    return Check("existence", found.empty, text, found.head(SHOWN))


def known_breaks(frame: pd.DataFrame, spec: DatasetSpec) -> Check | None:
    """List the register's breaks that fall into the dataset's periods."""
    import pandas as pd

    first = min((periods.parse(p).start for p in frame["period"].unique()), default=None)
    held = [
        b for b in breaks.of(spec.name) if first and periods.parse(b.date).end >= first
    ]  # fmt: skip
    if not held:
        return None
    rows = [(b.id, b.date, b.kind, b.action, b.en, b.source) for b in held]
    table = pd.DataFrame(rows, columns=["id", "date", "kind", "action", "what", "source"])
    text = f"{len(rows)} known break{'s' * (len(rows) != 1)}: {', '.join(table['id'])}"
    return Check("breaks", True, text, table)


CHECKS: tuple[Callable[[pd.DataFrame, DatasetSpec], Check | None], ...] = (
    form, statuses, completeness, ages, levels, jumps, totals, existence, known_breaks,
)  # fmt: skip


def _compared(
    frame: pd.DataFrame, spec: DatasetSpec, published: Published
) -> tuple[str, float, float, float, float, str] | None:
    part = frame[(frame["period"] == published.period) & frame["value"].notna()]
    for column, wanted in published.where.items():
        part = part[part[column].isin(wanted)]
    base = part[part["area"].isin([*areas.municipalities(), frames.CHRISTIANSO])]
    nation = part[part["area"] == areas.NATION]
    used = nation if len(nation) else base
    if used.empty or (used is base and base["area"].nunique() < 0.9 * len(areas.municipalities())):
        return None
    if spec.schema == "share" and used is base and "weight" not in used:
        return None
    if spec.schema == "share" and used is base:  # a plain mean is not the country's share
        here = float((used["value"] * used["weight"]).sum() / used["weight"].sum())
    else:
        here = float(used["value"].sum())
    return (
        published.period, published.value, here, here / published.value - 1,
        published.tolerance, published.source,
    )  # fmt: skip


def plain(section: Section) -> dict[str, Any]:
    """Return a section as plain values: what is written beside reports and printed as JSON."""
    done = [
        {
            "name": c.name,
            "passed": c.passed,
            "text": c.text,
            "rows": frames.records(c.table, SHOWN),
        }
        for c in section.checks
    ]
    shown = {k: v for k, v in vars(section).items() if k not in ("checks", "vintages")}
    held = {"vintages": list(section.vintages), "passed": section.passed, "sound": section.sound}
    return {**shown, **held, "checks": done}
