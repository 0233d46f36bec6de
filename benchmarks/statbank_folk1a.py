"""Pull a FOLK1A of 14.2 million cells from a loopback StatBank; print memory, time and one pass.

Run from the checkout: `.venv/bin/python -m benchmarks.statbank_folk1a`.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
QUARTERS = tuple(f"{y}K{q}" for y in range(2008, 2026) for q in range(1, 5))[:71]
MARITAL = ("TOT", "U", "G", "E", "F")
AGES = ("IALT", *map(str, range(126)))
SEXES = ("TOT", "1", "2")
CELLS = 105 * len(SEXES) * len(AGES) * len(MARITAL) * len(QUARTERS)


@dataclass(frozen=True)
class Pulled:
    """What one pull and one pass took."""

    cells: int
    pull_seconds: float
    pull_peak_mib: float
    pass_seconds: float
    pass_peak_mib: float
    persons: float


def spec_text() -> str:
    """Return a FOLK1A specification that asks for every cell of the table."""
    text = (ROOT / "data" / "folk1a.toml").read_text(encoding="utf-8")
    ages = ", ".join(f'{a} = "{"total" if a == "IALT" else a}"' for a in AGES)
    marital = ", ".join(f'{m} = "{"total" if m == "TOT" else m}"' for m in MARITAL)
    sexes = 'TOT = "total", 1 = "men", 2 = "women"'
    changes = {
        'dimensions = ["age", "sex"]': 'dimensions = ["age", "sex", "marital_status"]',
        'keep = false\nrest = "skip"\noptional = true\nvalues = { TOT = "all" }':
            f"values = {{ {marital} }}",
        'text = "age"\nrole = "age"': f'text = "age"\nvalues = {{ {ages} }}',
        'text = "sex"\nrole = "sex"': f'text = "sex"\nvalues = {{ {sexes} }}',
    }  # fmt: skip
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def serve(channel: Any) -> None:
    """Run the server; figures are written in blocks, since 14 million single ones take long."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support import statbank_server, statbank_tables

    def fast(table: Any, chosen: Any, how: tuple[str, str, str]) -> Iterator[str]:
        assert how[0] == "Code", table.id
        yield ";".join([*(v.id.upper() for v, _ in chosen), "INDHOLD"]) + "\r\n"
        *outer, last = [codes for _, codes in chosen]
        for number, key in enumerate(product(*outer)):
            head = ";".join(key)
            yield "".join(f"{head};{q};{number % 997 + place}\r\n" for place, q in enumerate(last))

    statbank_server._csv = fast
    table = statbank_tables.table("folk1a")
    lists: Mapping[str, tuple[str, ...]] = {
        "KØN": SEXES, "ALDER": AGES, "CIVILSTAND": MARITAL, "Tid": QUARTERS,
    }  # fmt: skip
    for id, codes in lists.items():
        table = table.with_codes(id, tuple((c, c, c) for c in codes))
    with statbank_server.StatBank([table]) as bank:
        channel.send(bank.url)
        channel.recv()


def child(url: str, root: str) -> None:
    """Pull in a process of its own and print time and peak memory."""
    from forecast.dataroom import pulling
    from forecast.sources._http import Connection
    from forecast.workspace import Workspace

    start = time.perf_counter()
    bank = {"statbank": Connection(url)}
    (done,) = pulling.pull(Workspace(Path(root)), ["folk1a"], "2026-11-22", connected=bank)
    assert done.state == "pulled", done.text
    print(json.dumps([done.rows, time.perf_counter() - start, peak()]))


def one_pass(root: str) -> None:
    """Read the vintage once into persons by area and quarter, aged 18 and over."""
    from forecast import vintages
    from forecast.dataroom import population
    from forecast.workspace import Workspace

    start = time.perf_counter()
    (vintage,) = vintages.listing(Workspace(Path(root)), "folk1a")
    ages = [a for a in AGES if a != "IALT"]
    where = {"marital_status": ["total"], "sex": ["men", "women"], "age": ages}
    frame = vintage.frame(["area", "age", "period", "value"], where)
    table = population.by_area(frame, "18+")
    assert table.shape == (105, 71), table.shape
    print(json.dumps([time.perf_counter() - start, peak(), float(table.to_numpy().sum())]))


def peak() -> float:
    """Return this process's peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(*arguments: str) -> list[float]:
    """Run this module's step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.statbank_folk1a", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    values: list[float] = json.loads(done.stdout.splitlines()[-1])
    return values


def run() -> Pulled:
    """Serve, pull and read the table; return what it took."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    url = here.recv()
    with tempfile.TemporaryDirectory() as root:
        specs = Path(root) / "specs" / "data"
        specs.mkdir(parents=True)
        (specs / "folk1a.toml").write_text(spec_text(), encoding="utf-8")
        cells, seconds, memory = alone("pull", url, root)
        passed, pass_memory, persons = alone("pass", root)
    here.send("stop")
    server.join(5)
    return Pulled(int(cells), seconds, memory, passed, pass_memory, persons)


def main() -> None:
    """Run one step, or all and print the figures."""
    if sys.argv[1:2] == ["pull"]:
        child(*sys.argv[2:4])
        return
    if sys.argv[1:2] == ["pass"]:
        one_pass(sys.argv[2])
        return
    done = run()
    print(f"cells pulled and stored     {done.cells:,} (expected {CELLS:,})")
    print(f"pull: time, peak memory     {done.pull_seconds:.1f} s, {done.pull_peak_mib:.0f} MiB")
    print(f"one pass to the panel       {done.pass_seconds:.1f} s, {done.pass_peak_mib:.0f} MiB")
    assert done.cells == CELLS
    assert done.pull_peak_mib < 500
    assert done.pass_seconds < 60


if __name__ == "__main__":
    main()
