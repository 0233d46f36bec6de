"""What a notebook calls: the commands' work, by the same names, as often as it likes."""

import subprocess
import sys


def test_every_name_is_a_function_however_often_it_is_asked_for() -> None:
    code = (
        "import forecast\n"
        "names = [n for n in forecast._OFFERED for _ in range(2)]\n"
        "import forecast.status\n"  # a module of the same name
        "print(all(callable(getattr(forecast, n)) for n in names))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
