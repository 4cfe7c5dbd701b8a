# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand in for the get-pip.py that ansible-test downloads from a host of its own: pip comes with Python."""

import subprocess
import sys

UNKNOWN_TO_PIP = ("--no-setuptools", "--no-wheel")

if __name__ == "__main__":
    # A process of its own: ensurepip hides pip's configuration from the process in which it runs.
    subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
    wanted = [argument for argument in sys.argv[1:] if argument not in UNKNOWN_TO_PIP]
    subprocess.check_call([sys.executable, "-m", "pip", "install", *wanted])
