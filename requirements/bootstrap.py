# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a virtual environment from a lock file, dev.txt if none is named: `python3 requirements/bootstrap.py .venv`.

Packages of the checkout may follow the lock file.

uv installs many times faster than pip, but reads none of pip's configuration: it is told the same index, extra
indexes and certificates, through the environment, so that credentials in an address never show in a process list.
Where uv cannot be had or fails, pip installs the same lock file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent
# pip's option -> uv's variable and what separates several values in it.
INDEX_OPTIONS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
}
# What older instructions tell people to set; uv still reads them.
LEGACY = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
OLDEST, NEWEST = (3, 11), (3, 13)


def pip_configuration(python: Path) -> dict[str, str]:
    """Return pip's effective options; the environment wins over [install], which wins over [global]."""
    listing = subprocess.run([python, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True).stdout
    found: dict[str, dict[str, str]] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        found.setdefault(section, {})[option] = value.strip("'\"")
    return found.get("global", {}) | found.get("install", {}) | found.get(":env:", {})


def uv_environment(options: dict[str, str]) -> dict[str, str]:
    """Return the environment in which uv asks the indexes that pip would ask, as pip asks them."""
    environment = dict(os.environ)
    for option, (variable, separator) in INDEX_OPTIONS.items():
        values = [value for value in options.get(option, "").replace("\\n", " ").split() if is_reachable(value)]
        if values and LEGACY.get(variable) not in environment:
            environment.setdefault(variable, separator.join(values))
    if options.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        environment.setdefault("UV_NO_INDEX", "1")
    if "cert" in options:
        environment.setdefault("SSL_CERT_FILE", options["cert"])
    # pip takes the best version of all indexes; the hashes of the lock file decide what is installed in any case.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return environment


def is_reachable(address: str) -> bool:
    """Say whether a local directory exists; other addresses are taken on trust. pip skips what is missing, uv fails."""
    path = unquote(address.removeprefix("file://"))
    return "://" in path or Path(path).exists()


def install(python: Path, lock_file: str) -> None:
    """Install the lock file into the environment of this Python, by uv if possible."""
    lock = ["--require-hashes", "-r", str(HERE / lock_file)]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--require-hashes", "-r", str(HERE / "uv.txt")], check=False).returncode == 0:
        uv = [str(python), "-m", "uv", "pip", "install", "--quiet", "--python", str(python), *lock]
        if subprocess.run(uv, env=uv_environment(pip_configuration(python)), check=False).returncode == 0:
            return
    print("uv could not install the lock file; pip does it, which takes longer.", file=sys.stderr)
    subprocess.run([*pip, *lock], check=True)


def install_package(python: Path, source: Path) -> None:
    """Build and install a package of this checkout, with what the lock file has brought, beside its source."""
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory() as directory:
        # Building leaves files behind.
        copy = shutil.copytree(source, Path(directory) / "source")
        offline = ["--no-index", "--no-deps"]
        subprocess.run([*pip, "wheel", "--no-build-isolation", *offline, "-w", directory, str(copy)], check=True)
        wheels = [str(wheel) for wheel in Path(directory).glob("*.whl")]
        subprocess.run([*pip, "install", "--force-reinstall", *offline, *wheels], check=True)


def compile_sources(python: Path) -> None:
    """Compile what is imported often: where PYTHONDONTWRITEBYTECODE is set, every start would compile it again."""
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # Of collections, only what runs warm is read compiled: Ansible's own loader never does so.
    skip = r"ansible_collections/(?!amazon/aws|community/aws)|ansible_test"
    subprocess.run(
        [python, "-m", "compileall", "-q", "-j", "0", "-x", skip, packages], check=False, stdout=subprocess.DEVNULL
    )


def main() -> None:
    """Make the environment, or say which Python is needed."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        supported = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
        sys.exit(f"python3 is {sys.version.split()[0]}; expected {supported}. Try `make PYTHON=python3.13 ...`.")
    target = Path(sys.argv[1])
    venv.create(target, with_pip=True, clear=True, symlinks=True)
    python = target.absolute() / "bin" / "python"
    lock_file = sys.argv[2] if len(sys.argv) > 2 else "dev.txt"
    install(python, lock_file)
    for source in sys.argv[3:]:
        install_package(python, Path(source))
    if lock_file in ("dev.txt", "localstack.txt"):
        compile_sources(python)
    (target / ".ready").touch()


if __name__ == "__main__":
    main()
