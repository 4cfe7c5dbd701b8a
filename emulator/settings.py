# SPDX-License-Identifier: GPL-3.0-or-later
"""What configures the embedded AWS, and where its files live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ACCOUNT_ID = "123456789012"
REGION = "eu-central-1"
LOOPBACK = "127.0.0.1"
CONTROL_PLANES = ("moto", "localstack")


class SettingsError(ValueError):
    """A variable has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """The run directory, the ports and the switches of one embedded AWS."""

    run_dir: Path
    site_port: int
    http_port: int
    api_port: int
    draining: bool = True
    credentials_seconds: int = 21600
    deployer_judged: bool = False
    recovery_lag_seconds: int = 0
    # How long a minute of deployments, metrics and alarms takes.
    minute_seconds: int = 60
    # Whether the number of tasks follows the policies and schedules of Application Auto Scaling.
    autoscaling: bool = True
    # What serves the AWS API: moto, or LocalStack from an environment of its own.
    control_plane: str = "moto"

    @property
    def endpoint_url(self) -> str:
        """Return the address of the AWS API."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def listener_ports(self) -> dict[int, int]:
        """Map the ports of the load balancer's listeners to the ports they are served on."""
        return {443: self.site_port, 80: self.http_port}

    @property
    def certificate_authority(self) -> Path:
        """Return the public certificate that clients of the site trust."""
        return self.run_dir / "ca.pem"

    @property
    def images(self) -> Path:
        """Return the directory of the image bundles."""
        return self.run_dir / "images"

    @property
    def log(self) -> Path:
        """Return the log of the supervisor."""
        return self.run_dir / "logs" / "emulator.log"

    @property
    def task_logs(self) -> Path:
        """Return the directory with one log per task."""
        return self.run_dir / "logs" / "tasks"

    def task_log(self, task_id: str) -> Path:
        """Return the file that holds what a task said."""
        return self.task_logs / f"{task_id}.log"

    def task_temporary(self, task_id: str) -> Path:
        """Return the directory that is /tmp to a task."""
        return self.run_dir / "tmp" / task_id

    @property
    def pids(self) -> Path:
        """Return the directory with one record per process."""
        return self.run_dir / "pids"

    @property
    def supervisor_record(self) -> Path:
        """Return the record of the supervisor's process."""
        return self.pids / "supervisor.json"

    @property
    def tls(self) -> Path:
        """Return the directory of keys and certificates."""
        return self.run_dir / "tls"

    @property
    def state(self) -> Path:
        """Return the file that describes the running supervisor."""
        return self.run_dir / "emulator.json"

    def as_environment(self) -> dict[str, str]:
        """Return the variables that make another process read the same settings."""
        return {
            "PALISADE_RUN_DIR": str(self.run_dir),
            "PALISADE_SITE_PORT": str(self.site_port),
            "PALISADE_HTTP_PORT": str(self.http_port),
            "PALISADE_API_PORT": str(self.api_port),
            "PALISADE_DRAINING": "on" if self.draining else "off",
            "PALISADE_CREDENTIALS_SECONDS": str(self.credentials_seconds),
            "PALISADE_DEPLOYER_JUDGED": "on" if self.deployer_judged else "off",
            "PALISADE_RECOVERY_LAG_SECONDS": str(self.recovery_lag_seconds),
            "PALISADE_MINUTE_SECONDS": str(self.minute_seconds),
            "PALISADE_AUTOSCALING": "on" if self.autoscaling else "off",
            "PALISADE_CONTROL_PLANE": self.control_plane,
        }


def read(environment: Mapping[str, str], checkout: Path = CHECKOUT) -> Settings:
    """Read the settings; every variable is optional."""
    settings = Settings(
        run_dir=checkout / (environment.get("PALISADE_RUN_DIR") or ".run"),
        site_port=_port(environment, "PALISADE_SITE_PORT", 8443),
        http_port=_port(environment, "PALISADE_HTTP_PORT", 8080),
        api_port=_port(environment, "PALISADE_API_PORT", 4566),
        draining=_switch(environment, "PALISADE_DRAINING", default="on"),
        credentials_seconds=_number(environment, "PALISADE_CREDENTIALS_SECONDS", 21600, 1, 43200),
        deployer_judged=_switch(environment, "PALISADE_DEPLOYER_JUDGED", default="off"),
        recovery_lag_seconds=_number(environment, "PALISADE_RECOVERY_LAG_SECONDS", 0, 0, 3600),
        minute_seconds=_number(environment, "PALISADE_MINUTE_SECONDS", 60, 1, 60),
        autoscaling=_switch(environment, "PALISADE_AUTOSCALING", default="on"),
        control_plane=_choice(environment, "PALISADE_CONTROL_PLANE", CONTROL_PLANES),
    )
    if len({settings.site_port, settings.http_port, settings.api_port}) < 3:
        raise SettingsError("PALISADE_SITE_PORT, PALISADE_HTTP_PORT and PALISADE_API_PORT must differ")
    return settings


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    return _number(environment, name, default, 1024, 65535)


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a number between {least} and {most}, not {text!r}")
    return int(text)


def _switch(environment: Mapping[str, str], name: str, *, default: str) -> bool:
    order = ("on", "off") if default == "on" else ("off", "on")
    return _choice(environment, name, order) == "on"


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, str]) -> str:
    """Return one of two words, the first if the variable is not set."""
    text = environment.get(name) or choices[0]
    if text not in choices:
        raise SettingsError(f"{name} must be {choices[0]!r} or {choices[1]!r}, not {text!r}")
    return text
