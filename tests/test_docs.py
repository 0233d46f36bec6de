"""What README and docs tell a reader to type is there: commands, their options, make targets."""

import re
import shlex
from pathlib import Path

import click
import pytest

from forecast.cli import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def typed(page: Path) -> list[str]:
    """Return the lines of a page's code blocks that run our command."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    joined = "\n".join(blocks).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip().startswith("forecast ")]


def words_of(line: str) -> list[str]:
    command = re.split(r"#| {3,}", line)[0]  # what stands behind is said of it
    plain = command.replace("…", "").replace("|", " ").replace("[", " ")
    return shlex.split(plain.replace("]", " "))[1:]


LINES = [(page, line) for page in PAGES for line in typed(page)]


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{p.name}: {t[:60]}" for p, t in LINES])
def test_every_command_in_the_docs_is_there(page: Path, line: str) -> None:
    assert page.is_file()
    command: click.Command = cli
    words = words_of(line)
    with click.Context(cli) as context:
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            if found is None:
                break
            command, words = found, words[1:]
        known = {name for p in command.get_params(context) for name in (*p.opts, *p.secondary_opts)}
    assert command is not cli or words[:1] == ["--help"], line
    asked = [w.split("=")[0] for w in words if w.startswith("--")]
    assert [w for w in asked if w not in known] == [], line


def test_every_make_target_in_the_readme_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", text)) - {"and"}
    assert {"demo", "test"} <= named
    assert [t for t in named if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
