"""All benchmarks, one after the other: `python -m benchmarks --shared DIR [--write PAGE]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from benchmarks.processes import python
from forecast import clock

NEEDS_SHARED = ("accuracy", "levels")
ALL = (*NEEDS_SHARED, "embedded", "speed")


def main() -> int:
    """Run every benchmark; return 1 when one of them kept a promise not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", default="", help="folder with benchmark/ and panels/")
    parser.add_argument("--date", default=clock.today(), help="of this run [default: today]")
    parser.add_argument("--write", default="", help="page whose bench parts are replaced")
    asked = parser.parse_args()
    codes = []
    for name in ALL:
        command = [*python(f"benchmarks.{name}"), "--date", asked.date]
        command += ["--shared", asked.shared] if asked.shared and name in NEEDS_SHARED else []
        command += ["--write", asked.write] if asked.write else []
        print(f"\n# {name}", flush=True)
        # one thread a process: peers that fit tiny series lose time when linear algebra forks
        single = {**os.environ, "OMP_NUM_THREADS": "1"}
        codes.append(subprocess.run(command, check=False, env=single).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
