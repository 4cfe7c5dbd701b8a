# SPDX-License-Identifier: GPL-3.0-or-later
"""Note each start of an interpreter: a module that runs the usual way starts one, a warm one does not.

Where a test says so, ansible-core pretends to be another version.
"""

import os
import sys

if "PALISADE_TEST_INTERPRETERS" in os.environ:
    with open(os.environ["PALISADE_TEST_INTERPRETERS"], "a", encoding="utf-8") as _file:
        _file.write(" ".join(os.path.basename(argument) for argument in sys.orig_argv[:2]) + "\n")

if "PALISADE_TEST_CORE" in os.environ:
    import ansible.release

    ansible.release.__version__ = os.environ["PALISADE_TEST_CORE"]
