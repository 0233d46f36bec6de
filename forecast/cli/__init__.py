"""One module a command group: it parses, calls and prints, nothing else."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import pkgutil
import re
import signal
import sys
import threading
import warnings
from collections.abc import Sequence

import click

from forecast import __version__
from forecast.cli._common import Suggesting
from forecast.errors import ForecastError

ORDER = (
    "demo", "status", "data", "train", "backtest", "series", "show", "project", "report",
    "scenario", "models", "specs",
)  # fmt: skip

_ADVICE = {
    errno.ENOSPC: "; make room on the disc and run the command again, nothing half written is kept",
    errno.EDQUOT: "; make room in your quota and run the command again",
    errno.EROFS: "; copy the workspace to where you may write, or name another folder",
    errno.EACCES: "; ask for access, or name another folder",
}


class Commands(Suggesting):
    """The modules of this folder by file name, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in the order in which a newcomer meets them."""
        found = {m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")}
        return [*(n for n in ORDER if n in found), *sorted(found - set(ORDER))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one module and return its `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"forecast.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `forecast demo` (embedded data) or `forecast status` (your own).",
)
@click.version_option(__version__, prog_name="forecast")
def cli() -> None:
    """Forecast demand and cost on the specialised social area."""


def _meant(filename: str) -> str:
    """Return the file that was to be written where a temporary name beside it is given."""
    return re.sub(r"\.([^/\\]+)\.[a-z0-9_]{8}\.part$", r"\1", filename)


def _stopped(number: int, _: object) -> None:
    """End as after an error: what was half written is taken back, workers end too."""
    warnings.simplefilter("ignore")  # that workers are cancelled is no news then
    click.echo("error: stopped from outside; what was not finished is not kept", err=True)
    sys.exit(128 + number)


def main(args: Sequence[str] | None = None) -> None:
    """Run a command; an error that a user can act on is one sentence on stderr and exit 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Danish letters also on a console that is not UTF-8
            stream.reconfigure(encoding="utf-8", errors="replace")
    atexit.register(gc.freeze)  # the end need not look for cycles in all that was imported
    if threading.current_thread() is threading.main_thread():  # else Python lets nobody listen
        signal.signal(signal.SIGTERM, _stopped)
    try:
        cli.main(args=None if args is None else list(args), prog_name="forecast")
    except ForecastError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except OSError as error:  # a full disc, a read-only folder
        where = f" ({_meant(str(error.filename))})" if error.filename else ""
        advice = _ADVICE.get(error.errno or 0, "")
        click.echo(f"error: {error.strerror or error}{where}{advice}", err=True)
        sys.exit(1)
