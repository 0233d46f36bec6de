"""The attack on small cells with all that the reports of a year say, on the embedded data."""

import random

import pandas as pd
import pytest
from support import reports
from support.attack import Attack, Cell, published

from forecast import areas, reporting
from forecast.bundle import Bundle
from forecast.reporting import references, suppression
from forecast.reporting.document import Calculator
from forecast.reporting.shield import Shield

pytestmark = pytest.mark.e2e
SMALLEST = ("825", "563", "741", "492", "183", "187")  # Læsø, Fanø, Samsø, Ærø, Ishøj, Vallensbæk
YEARS = ("2024", "2022", "2019")
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def shield(bundle: Bundle) -> Shield:
    return suppression.shield(bundle)


@pytest.fixture(scope="module")
def shown(bundle: Bundle, shield: Shield) -> Tables:
    return published(bundle, shield)


def chosen(cells: list[Cell], most: int) -> list[Cell]:
    """Cells of the smallest municipalities and of others in their regions, as many of each."""
    rng = random.Random(1)
    near = {areas.region_of(a) for a in SMALLEST}
    mine = [c for c in cells if c[0] in SMALLEST]
    others = [c for c in cells if c[0] not in SMALLEST and areas.region_of(c[0]) in near]
    return [*rng.sample(mine, min(most, len(mine))), *rng.sample(others, min(most, len(others)))]


@pytest.mark.parametrize("year", YEARS)
def test_a_hidden_cell_can_be_anything_small(bundle: Bundle, shown: Tables, year: str) -> None:
    attack = Attack(bundle, shown, year)
    cells = chosen(attack.small(), 40)
    assert len(cells) > 20
    found = {cell: attack.system.bounds(cell) for cell in cells}
    told = {c: ends for c, ends in found.items() if ends[0] > 1 + 1e-6 or ends[1] < 4 - 1e-6}
    assert told == {}


def test_the_same_attack_finds_what_primary_protection_leaves_open(
    bundle: Bundle, shield: Shield
) -> None:
    alone = Shield(threshold=shield.threshold, primary=shield.primary, hidden=shield.primary)
    attack = Attack(bundle, published(bundle, alone), "2024")
    cells = chosen(attack.small(), 20)  # of so many some are bound by nothing
    widths = [high - low for low, high in map(attack.system.bounds, cells)]
    assert sum(width < 0.1 for width in widths) > 5


def test_the_attack_uses_every_kind_of_identity(bundle: Bundle, shown: Tables) -> None:
    """It is no stronger than what it knows: sums, quarters, unit costs and benchmarks."""
    attack = Attack(bundle, shown, "2024")
    assert len(attack.used) > 100  # functions of municipalities whose unit cost is shown
    assert len(attack.system.rows) > 500
    shares = {cell for cell in attack.system.place if cell[1] == "support_share"}
    assert len(shares) > 10  # hidden shares, bound by their regions' and by those placed


def test_most_of_what_is_large_is_still_shown(bundle: Bundle, shield: Shield) -> None:
    history = bundle.table("history")
    municipal = history[~history["area"].astype("str").str.match("08|000")]
    names = ["area", "model", "service", "age"]
    keys = set(municipal[names].astype("str").itertuples(index=False, name=None))
    assert len(shield.hidden & keys) < 0.45 * len(keys)
    people = municipal[municipal["value"] >= 50][names].astype("str")
    large = set(people.itertuples(index=False, name=None))
    assert len(shield.hidden & large) < 0.06 * len(large)


@pytest.mark.parametrize("area", [*SMALLEST, "081", "084", "000"])
def test_no_number_refers_to_a_row_that_is_hidden(
    bundle: Bundle, shield: Shield, area: str
) -> None:
    """In tables, sentences, the calculator and figures; the sheets and pages are made of these."""
    given = reporting.sources(bundle)
    name = "negotiation" if area == areas.NATION else "budget"
    report = reporting.build(reporting.spec(name), given, area, "da")
    lines = [b for s in report.sections for b in s.blocks if isinstance(b, Calculator)]
    inside = [n for b in lines for line in b.lines for n in (*line.costs, line.unit_cost)]
    inside += [n for b in lines for line in b.lines for n in (line.recipients,)]
    found = [number for _, number in reports.numbers(report)] + inside
    used = {pair for n in found if n.given for pair in references.rows(n.ref)}
    assert len(used) > 100
    told = [(table, row) for table, row in used if hidden(bundle, shield, table, row)]
    assert told == []
    drawn = {figure.name for figure in report.figures}
    veiled = {f"fan_{m}_{s}_{g}".replace("-", "_").replace("+", "")
              for a, m, s, g in shield.hidden if a == area}  # fmt: skip
    assert drawn & veiled == set()


def hidden(bundle: Bundle, shield: Shield, table: str, row: int) -> bool:
    """Whether a row of a bundle's table must not be shown, or only in another form."""
    name, _, column = table.partition(".")
    if name.startswith("own_"):
        return False
    keys = {str(k): v for k, v in bundle.table(name).iloc[row].to_dict().items()}
    area = str(keys.get("area", ""))
    return shield.hides(name, column or "value", area, keys) or shield.tells(name, area, keys)
