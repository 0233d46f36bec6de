"""Tables on terminals of different widths: nothing is lost, and no line is longer than may be."""

from __future__ import annotations

import fcntl
import math
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.cli import _tables

CHECKS = [
    ["dataset", "check", "what"],
    ["hand01", "breaks", "6 known breaks: hand-ishoej-vallensbaek, hand-2018, hand-82ab-2020"],
    ["anbaar9", "published totals", "2 published totals were compared, 0 are off"],
]
SCORES = [
    ["method", "MASE", "WAPE", "gain on benchmark", "largest miss"],
    ["naive", "1.74", "23.0%", "–", "-1,234.5"],
    ["local_linear_trend", "0.95", "4.2%", "+7.9%", "12.0"],
]


def lines(rows: list[list[str]], indent: int = 0) -> list[str]:
    return list(_tables.columned(rows, indent=indent))


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100])
@pytest.mark.parametrize("rows", [CHECKS, SCORES])
def test_no_line_is_longer_than_the_terminal_and_no_word_is_lost(
    rows: list[list[str]], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_tables, "_room", lambda: width)
    shown = lines(rows, indent=2)
    assert max(map(len, shown)) <= max(width, 44)  # the longest words of a row need that
    told = " ".join(shown).split()
    assert {word for row in rows for cell in row for word in cell.split()} == set(told)


def test_a_column_of_words_wraps_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tables, "_room", lambda: 60)
    assert lines(CHECKS) == [
        "dataset  check             what",
        "hand01   breaks            6 known breaks:",
        "                           hand-ishoej-vallensbaek,",
        "                           hand-2018, hand-82ab-2020",
        "anbaar9  published totals  2 published totals were compared,",
        "                           0 are off",
    ]


def test_headings_of_numbers_wrap_first_and_what_is_left_stands_below_with_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_tables, "_room", lambda: 52)
    assert lines(SCORES)[:3] == [
        "                                   gain on   largest",
        "method              MASE   WAPE  benchmark      miss",
        "naive               1.74  23.0%          –  -1,234.5",
    ]
    monkeypatch.setattr(_tables, "_room", lambda: 34)
    below = lines(SCORES)
    again = below.index("")
    assert below[0].split() == ["method", "MASE", "WAPE"]
    assert below[again + 1].split() == ["gain", "on"]
    assert below[again + 2].split() == ["method", "benchmark"]


def test_a_file_or_a_pipe_has_lines_as_long_as_they_need_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert not sys.stdout.isatty()
    assert len(lines(CHECKS)) == len(CHECKS)
    assert len(lines([["a" * 300, "b" * 300]])[0]) == 602


@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal_says_how_wide_it_is(width: int) -> None:
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    code = f"from forecast.cli import _tables; _tables.printed({CHECKS})"
    free = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run([sys.executable, "-c", code], stdout=its, env=free, check=True)
    os.close(its)
    shown = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    assert max(map(len, shown)) <= width
    assert len(shown) == (6 if width == 60 else 3)


def test_a_frame_becomes_texts_and_what_is_not_known_has_a_sign() -> None:
    frame = pd.DataFrame({"period": ["2024", "2025"], "value": [1.25, math.nan], "n": [3, 4]})
    assert _tables.of_frame(frame, "{:.1f}".format) == [
        ["period", "value", "n"], ["2024", "1.2", "3"], ["2025", "–", "4"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"),
        (np.False_, "no"),
        (None, "–"),
        (math.nan, "–"),
        (np.float64("nan"), "–"),
        ([], "–"),
        (["a", None, np.int64(3)], "a, –, 3"),
        (np.float64(0.5), "0.5"),
        ("", ""),
        (0, "0"),
    ],
)
def test_a_cell_is_written_in_words(value: object, shown: str) -> None:
    assert _tables.word(value) == shown


def test_a_frame_is_written_in_words() -> None:
    frame = pd.DataFrame({"kind": ["a", None], "due": [True, False], "by": [1.25, math.nan]})
    body = _tables.of_frame(frame, "{:.1f}".format)[1:]
    assert body == [["a", "yes", "1.2"], ["–", "no", "–"]]


def test_a_table_is_no_fault_where_nobody_listens(tmp_path: Path) -> None:
    """A command whose standard output was closed, as a daemon's may be."""
    words = [sys.executable, "-m", "forecast", "data", "list", "--workspace", str(tmp_path / "w")]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
