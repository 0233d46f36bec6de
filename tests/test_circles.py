"""No file needs another that needs it in turn: each can be read, tested and moved by itself."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def modules(folder: Path) -> dict[str, Path]:
    """Return the modules below a folder by their dotted names."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def needed(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a file imports anywhere, for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in names if name in known)
            # Else a name of the package's own; a package leads to its modules, not they to it.
            if node.module in known and not all(name in known for name in names):
                yield node.module


def circle(folder: Path) -> list[str]:
    """Return the files of one circle, in the order they need each other; none: empty.

    A package's own file is a door, which offers what lies behind it: what its modules name of it
    (the version, a type) is no circle.
    """
    known = modules(folder)
    graph = {
        name: {other for other in needed(path, known) if not f"{name}.".startswith(f"{other}.")}
        for name, path in known.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


@pytest.mark.parametrize("folder", ["forecast", "tools/demo", "benchmarks", "tests/support"])
def test_no_circle_of_files(folder: str) -> None:
    assert len(modules(ROOT / folder)) > 5
    assert circle(ROOT / folder) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    package = tmp_path / "made"
    package.mkdir()
    (package / "a.py").write_text("from made import b\n")
    (package / "b.py").write_text("if 0:\n    from made.a import x\n")
    assert sorted(set(circle(package))) == ["made.a", "made.b"]
