"""A StatBank on loopback that answers as the recorded one did, and fails when it is told to."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT = 1_000_000
STREAMING = ("BULK", "SDMXCOMPACT", "SDMXGENERIC")
FORMATS = ("CSV", "JSONSTAT", *STREAMING)
BLOCK = 2000


@dataclass(frozen=True)
class Variable:
    """A variable of a table: values are (code, Danish text, English text)."""

    id: str
    da: str
    en: str
    values: tuple[tuple[str, str, str], ...]
    elimination: bool = False
    time: bool = False
    total: str = ""  # the code that elimination takes

    def described(self, lang: str) -> dict[str, Any]:
        texts = [{"id": c, "text": en if lang == "en" else da} for c, da, en in self.values]
        name = self.en if lang == "en" else self.da
        return {"id": self.id, "text": name, "elimination": self.elimination, "time": self.time,
                "values": texts}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table: `figure` gives the text of one cell, with a decimal point, from its codes."""

    id: str
    text: str
    variables: tuple[Variable, ...]
    figure: Callable[[tuple[str, ...]], str]
    updated: str = "2025-07-02T08:00:00"
    active: bool = True
    unit: str = "Number"

    def listed(self) -> dict[str, Any]:
        times = next(v for v in self.variables if v.time).values
        return {
            "id": self.id, "text": self.text, "unit": self.unit, "updated": self.updated,
            "firstPeriod": times[0][0].replace("K", "Q"),
            "latestPeriod": times[-1][0].replace("K", "Q"),
            "active": self.active, "variables": [v.en for v in self.variables],
        }  # fmt: skip

    def info(self, lang: str) -> dict[str, Any]:
        return {
            "id": self.id, "text": self.text, "description": self.text, "unit": self.unit,
            "suppressedDataValue": "0", "updated": self.updated, "active": self.active,
            "contacts": [], "documentation": None, "footnote": None,
            "variables": [v.described(lang) for v in self.variables],
        }  # fmt: skip

    def with_codes(self, id: str, values: tuple[tuple[str, str, str], ...]) -> Table:
        """Return the table with another code list for one variable."""
        changed = [replace(v, values=values) if v.id == id else v for v in self.variables]
        return replace(self, variables=tuple(changed))


class RefusedError(Exception):
    """An error body as recorded: HTTP status, error type, message in both languages."""

    def __init__(self, kind: str, da: str, en: str = "", status: int = 400) -> None:
        super().__init__(da)
        self.kind, self.da, self.en, self.status = kind, da, en or da, status


@dataclass
class Fault:
    """What goes wrong with the next requests to a path.

    `kind`: status (answers `number`), slow (waits `number` seconds), cut (stops a stream after
    `number` bytes), half (ends it politely there), latin (sends it in Latin-1), junk.
    """

    path: str
    kind: str
    number: float = 0.0
    times: int = 1


@dataclass
class Asked:
    """One request that was made."""

    at: float
    path: str
    body: dict[str, Any] = field(default_factory=dict)


class StatBank:
    """The server; use it with `with` and give its `url` to the client."""

    def __init__(self, tables: list[Table] | None = None) -> None:
        self.tables = {t.id: t for t in tables or []}
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"bank": self})
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> StatBank:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()

    def fault(self, path: str) -> Fault | None:
        """Return the fault that waits for a path, and count it down."""
        for fault in self.faults:
            if fault.path == path and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(a.path == path for a in self.asked)

    def table(self, id: object) -> Table:
        if not id:
            raise RefusedError("REQUEST-MISSING", "Der er ikke angivet nogen tabel-id.")
        if str(id).upper() not in self.tables:
            raise RefusedError("EXTRACT-NOTFOUND", f"Tabel findes ikke: {id}",
                               f"Table not found: {id}")  # fmt: skip
        return self.tables[str(id).upper()]

    def data(self, body: Mapping[str, Any], lang: str) -> Iterator[str]:
        """Return the blocks of an answer; every refusal comes before the first."""
        table = self.table(body.get("table"))
        form = str(body.get("format", "")).upper()
        if form not in FORMATS:
            raise RefusedError("REQUEST-MISSING", "Format ikke angivet, eller ikke gyldigt.")
        if form in STREAMING and body.get("timeOrder"):
            message = "Der kan ikke vælges sortering af tid for streamede formater."
            raise RefusedError("EXTRACT-STREAMINGTIMESORT", message)
        chosen = _chosen(table, body.get("variables") or [], (form, lang))
        cells = 1
        for _, codes in chosen:
            cells *= len(codes)
        if form not in STREAMING and cells > LIMIT:
            count = f"{cells:,}".replace(",", ".")
            raise RefusedError("REQUEST-LIMIT", f"Forespørgslen på op mod {count} celler er over "
                               "begrænsningen på 1.000.000 celler for denne filtype. Anvend BULK "
                               "eller andet streaming format i stedet.")  # fmt: skip
        if form == "JSONSTAT":
            return iter([_jsonstat(table, chosen, lang)])
        return _csv(table, chosen, (str(body.get("valuePresentation", "Default")), lang, form))


class _Handler(BaseHTTPRequestHandler):
    bank: StatBank
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the library's name
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.answer(parts.path, query)

    def do_POST(self) -> None:  # the library's name
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw)
            assert isinstance(body, dict)
        except (ValueError, AssertionError):
            self.refuse(RefusedError(
                "REQUEST-EMPTY", "Medsend gyldigt JSON-objekt når der postes. / "
                "Supply valid JSON-object when posting."), "da")  # fmt: skip
            return
        self.answer(urlsplit(self.path).path, body)

    def answer(self, path: str, body: dict[str, Any]) -> None:
        name = path.rsplit("/", 1)[-1]
        self.bank.asked.append(Asked(time.monotonic(), name, body))
        fault = self.bank.fault(name)
        if fault and fault.kind == "status":
            self.whole(b"<html>error</html>", "text/html", int(fault.number))
            return
        if fault and fault.kind == "slow":
            time.sleep(fault.number)
        if fault and fault.kind == "junk":
            self.whole(b"\xff\xfe not json", "text/json")
            return
        try:
            self.route(name, body, fault)
        except RefusedError as error:
            self.refuse(error, str(body.get("lang", "da")))

    def route(self, name: str, body: dict[str, Any], fault: Fault | None) -> None:
        lang = str(body.get("lang", "da"))
        if name == "tables":
            every = str(body.get("includeInactive", "")).casefold() == "true"
            rows = [t.listed() for t in self.bank.tables.values() if t.active or every]
            self.json(rows)
        elif name == "tableinfo":
            self.json(self.bank.table(body.get("id") or body.get("table")).info(lang))
        elif name == "data":
            self.stream(self.bank.data(body, lang), str(body["format"]).upper(), fault)
        else:
            raise RefusedError("REQUEST-NOTFOUND", "Siden kan ikke findes. / "
                               "Page not found.", status=404)  # fmt: skip

    def json(self, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.whole(text.encode(), "text/json; charset=utf-8")

    def refuse(self, error: RefusedError, lang: str) -> None:
        message = error.en if lang == "en" else error.da
        text = json.dumps({"errorTypeCode": error.kind, "message": message},
                          ensure_ascii=False)  # fmt: skip
        self.whole(text.encode(), "text/json; charset=utf-8", error.status)

    def whole(self, content: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stream(self, blocks: Iterator[str], form: str, fault: Fault | None) -> None:
        encoding = "latin-1" if fault and fault.kind == "latin" else "utf-8"
        left = fault.number if fault and fault.kind in ("cut", "half") else float("inf")
        kind = "text/json" if form == "JSONSTAT" else "text/csv"
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for block in blocks:
            content = block.encode(encoding)[: int(min(left, 1 << 60))]
            left -= len(content)
            if content:
                self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            if left <= 0:
                break
        if fault and fault.kind == "cut":
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(b"0\r\n\r\n")

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client that was killed or gave up
            super().handle()

    def log_message(self, *args: object) -> None:
        pass


Chosen = list[tuple[Variable, list[str]]]


def _chosen(table: Table, asked: list[Mapping[str, Any]], how: tuple[str, str]) -> Chosen:
    known = {v.id.upper(): v for v in table.variables}
    wanted: dict[str, list[str]] = {}
    for entry in asked:
        code = str(entry["code"]).upper()
        if code not in known:
            raise RefusedError("EXTRACT-NOTFOUND", f"Kan ikke finde variablen: {entry['code']}",
                               f"Can't find variable: {entry['code']}")  # fmt: skip
        wanted[code] = _selected(known[code], [str(v) for v in entry["values"]])
    chosen: Chosen = []
    for code, variable in known.items():
        if code in wanted:
            chosen.append((variable, wanted[code]))
        elif how[0] in STREAMING:
            raise RefusedError("EXTRACT-NOTALLOWED",
                               f"Der skal vælges værdier for variabel: {variable.id}")  # fmt: skip
        elif variable.time:
            chosen.append((variable, [variable.values[-1][0]]))
        elif not variable.elimination:
            chosen.append((variable, [v[0] for v in variable.values]))
    return chosen


def _selected(variable: Variable, selectors: list[str]) -> list[str]:
    codes = [v[0] for v in variable.values]
    found: list[str] = []
    for selector in selectors:
        hits = _hits(codes, selector)
        if not hits:
            raise RefusedError("EXTRACT-NOTFOUND",
                               f"Kan ikke finde værdien: {selector} ({variable.id})",
                               f"Can't find value: {selector} ({variable.id})")  # fmt: skip
        found += [h for h in hits if h not in found]
    return [c for c in codes if c in set(found)]


def _hits(codes: list[str], selector: str) -> list[str]:
    if selector.startswith("(") and selector.endswith(")"):
        return codes[-int(selector[1:-1]) :]
    if selector.startswith(">="):
        low, _, high = selector[2:].partition("<=")
        return [c for c in codes if c >= low and (not high or c <= high)]
    if selector.startswith("<="):
        return [c for c in codes if c <= selector[2:]]
    if "*" in selector or "?" in selector:
        return [c for c in codes if fnmatch.fnmatchcase(c, selector)]
    return [selector] if selector in codes else []


def _cell(table: Table, chosen: Chosen, codes: tuple[str, ...]) -> str:
    given = {v.id: c for (v, _), c in zip(chosen, codes, strict=True)}
    key = [given.get(v.id, v.total or v.values[0][0]) for v in table.variables]
    return table.figure(tuple(key))


def _csv(table: Table, chosen: Chosen, how: tuple[str, str, str]) -> Iterator[str]:
    presentation, lang, form = how
    texts = [{c: (c if presentation == "Code" else en if lang == "en" else da)
              for c, da, en in v.values} for v, _ in chosen]  # fmt: skip
    mark = "" if form == "BULK" else "\ufeff"
    block = [mark + ";".join([*(v.id.upper() for v, _ in chosen), "INDHOLD"]) + "\r\n"]
    for codes in product(*(c for _, c in chosen)):
        figure = _cell(table, chosen, codes)
        if lang != "en":
            figure = figure.replace(".", ",") if figure.strip(".") else figure
        labels = (t[c] for t, c in zip(texts, codes, strict=True))
        block.append(";".join([*labels, figure]) + "\r\n")
        if len(block) >= BLOCK:
            yield "".join(block)
            block = []
    yield "".join(block)


def _jsonstat(table: Table, chosen: Chosen, lang: str) -> str:
    dimension: dict[str, Any] = {}
    for variable, codes in chosen:
        labels = {c: (en if lang == "en" else da) for c, da, en in variable.values if c in codes}
        index = {c: i for i, c in enumerate(codes)}
        dimension[variable.id] = {"label": variable.en if lang == "en" else variable.da,
                                  "category": {"index": index, "label": labels}}  # fmt: skip
    dimension["id"] = [v.id for v, _ in chosen]
    dimension["size"] = [len(c) for _, c in chosen]
    cells = [_cell(table, chosen, key) for key in product(*(c for _, c in chosen))]
    values = [float(c) if c not in ("..", ".", "") else None for c in cells]
    return json.dumps({"dataset": {"dimension": dimension, "label": table.text,
                                   "source": "Statistics Denmark", "updated": table.updated + "Z",
                                   "value": values}}, ensure_ascii=False)  # fmt: skip
