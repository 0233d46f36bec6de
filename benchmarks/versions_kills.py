"""SIGKILL at random moments of `forecast train`, `models promote` and `models rollback`.

After each kill the champion is loaded, what `models check` names is held against what an
independent look at the store finds, and `models check --repair` must end clean.

Run: python -m benchmarks.versions_kills [--kills 50] [--seed 20260501] [--server URI]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from forecast import registry, vintages
from forecast.registry import Made
from forecast.registry.check import check
from forecast.seeds import generator
from forecast.sources import embedded
from forecast.workspace import Workspace

MODEL = "homelessness"
PLACES = ("101", "147", "151", "259", "329", "461", "751", "851")
ACTS: dict[str, tuple[str, ...]] = {
    "train": ("train", MODEL, "--promote"),
    "promote": ("models", "promote", MODEL, "--because", "to be cut off"),
    "rollback": ("models", "rollback", MODEL, "--because", "to be cut off"),
}
WRITES = 1.5  # seconds that a training takes to write its files and register them
ME = Made("a look", "2026-06-01T10:00:00")


@dataclass
class Outcome:
    """What came of the kills.

    Attributes:
        cut: commands that were killed before they ended, by name.
        ended: commands that had ended by themselves, by name.
        left: what was left behind and cleared away, by kind of finding.
        wrong: what went wrong, in sentences; none: nothing.
        versions: how many versions were there, and whole, in the end.
    """

    cut: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    versions: int = 0

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        left = ", ".join(f"{n} {kind}" for kind, n in sorted(self.left.items())) or "nothing"
        cut = ", ".join(f"{n} {name}" for name, n in sorted(self.cut.items()))
        return (
            f"{sum(self.cut.values())} commands killed ({cut}), "
            f"{sum(self.ended.values())} had ended before; the champion loaded after each; left "
            f"behind, named and cleared: {left}; {self.versions} versions, all whole"
        )


@dataclass(frozen=True)
class Ground:
    """Where commands are killed: a workspace, and the environment they run in."""

    workspace: Workspace
    environment: Mapping[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._words(words), env=dict(self.environment), capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def kill(self, words: tuple[str, ...], seconds: float, *, writing: bool = False) -> bool:
        """Start a command and SIGKILL it with all its workers; whether it was still at work.

        Args:
            words: the command.
            seconds: after which it is killed.
            writing: count them from the moment at which files of a new version appear.
        """
        before = self._files()
        process = subprocess.Popen(
            self._words(words), env=dict(self.environment), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while writing and process.poll() is None and self._files() == before:
            time.sleep(0.01)
        time.sleep(seconds)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return alive

    def _files(self) -> set[Path]:
        folder = self.workspace.artifacts
        return {*folder.glob("*"), *folder.glob("models/*")}

    def _words(self, words: tuple[str, ...]) -> list[str]:
        start = [sys.executable, "-m", "forecast", *words]
        return [*start, "--workspace", str(self.workspace.root)]


def prepared(root: Path, server: str = "") -> Ground:
    """Make a workspace of eight municipalities of the embedded data, and train in it twice."""
    workspace = Workspace(root)
    for dataset, frame, manifest in embedded.read():
        if dataset in (MODEL, "folk1a", "frkm"):
            kept = frame[frame["area"].isin(PLACES)].reset_index(drop=True)
            vintages.save(workspace, dataset, kept, manifest)
    environment = {**os.environ, "FORECAST_USER": "a victim"}
    environment |= {"MLFLOW_TRACKING_URI": server} if server else {}
    ground = Ground(workspace, environment)
    for words in (ACTS["train"], ("train", MODEL, "--seed", "2")):
        done = ground.run(*words)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} did not end well: {done.stderr}")
    return ground


def kill_all(ground: Ground, kills: int, seed: int) -> Outcome:
    """Kill commands at random moments, the three in turn, and look at the store after each."""
    lasts = {name: _timed(ground, words) for name, words in ACTS.items()}
    draws, outcome = generator(seed, "commands"), Outcome()
    for n in range(kills):
        name = list(ACTS)[n % len(ACTS)]
        # A training writes to the store in its last seconds only: every other kill falls there.
        writing = name == "train" and n % 2 == 1
        moment = float(
            draws.uniform(0.0, WRITES) if writing else draws.uniform(0.2, 1.0) * lasts[name]
        )
        before = _versions(ground)
        cut = ground.kill(ACTS[name], moment, writing=writing)
        lasts[name] *= 1.0 if cut else 0.85  # how long a command takes hangs on what else runs
        (outcome.cut if cut else outcome.ended)[name] += 1
        told = f"kill {n + 1}, {name} after {moment:.2f} s{' of writing' if writing else ''}"
        outcome.wrong += [f"{told}: {text}" for text in _looked_at(ground, before, outcome)]
        print(f"{told}: {'killed' if cut else 'had ended'}", file=sys.stderr, flush=True)
    outcome.versions = len(_versions(ground))
    return outcome


def _timed(ground: Ground, words: tuple[str, ...]) -> float:
    begun = time.perf_counter()
    ground.run(*words)
    return time.perf_counter() - begun


def _looked_at(ground: Ground, before: list[int], outcome: Outcome) -> list[str]:
    """Return what is wrong after a kill, in sentences, and clear away what it left."""
    wrong = []
    workspace = ground.workspace
    trained, _ = registry.load(workspace, MODEL)
    if not trained.simulate(1, 2, 1).values.size:
        wrong.append("the champion says nothing")
    if not set(before) <= set(_versions(ground)):
        wrong.append("a version is lost")
    there = leftovers(ground)
    findings = check(workspace, ME)
    named = {finding.what for finding in findings}
    runs = {finding.what for finding in findings if finding.kind == "run"}
    wrong += [f"check does not name {what}" for what in sorted(there - named)]
    wrong += [f"check names {what}, which is whole" for what in sorted(runs - there)]
    outcome.left += Counter(finding.kind for finding in findings)
    return wrong + _repaired(ground, named)


def _repaired(ground: Ground, named: set[str]) -> list[str]:
    """Repair by command; return what it names otherwise than the check before, or leaves."""
    done = ground.run("models", "check", "--repair", "--json")
    if done.returncode:
        return [f"repair ended with {done.returncode}: {done.stderr}"]
    wrong = []
    if {str(finding["what"]) for finding in json.loads(done.stdout)} != named:
        wrong.append(f"repair names other things than check: {done.stdout} beside {named}")
    if check(ground.workspace, ME) or leftovers(ground):
        wrong.append("repair did not end clean")
    return wrong


def _versions(ground: Ground) -> list[int]:
    return [info.version for info in registry.versions(ground.workspace, MODEL)]


def leftovers(ground: Ground) -> set[str]:
    """Return runs without a version, seen with MLflow alone, and folders of no run or model."""
    from mlflow import MlflowClient

    uri = ground.environment.get("MLFLOW_TRACKING_URI") or f"sqlite:///{ground.workspace.store}"
    client = MlflowClient(uri, uri)
    experiments = [e.experiment_id for e in client.search_experiments()]
    runs = {str(run.info.run_id) for run in client.search_runs(experiments)}
    used = {str(v.run_id) for v in client.search_model_versions()}
    folder = ground.workspace.artifacts
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return (runs - used) | (there - runs - {"models"})


def main() -> None:
    """Kill commands and print the outcome; anything wrong ends with code 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20260501)
    parser.add_argument("--server", default="", help="MLFLOW_TRACKING_URI of another store")
    asked = parser.parse_args()
    if asked.server:
        os.environ["MLFLOW_TRACKING_URI"] = asked.server
    with TemporaryDirectory() as name:
        ground = prepared(Path(name) / "w", asked.server)
        outcome = kill_all(ground, asked.kills, asked.seed)
    print("\n".join([*outcome.wrong, outcome.sentence]))
    if outcome.wrong:
        raise SystemExit("something is not as it should be after a kill")


if __name__ == "__main__":
    main()
