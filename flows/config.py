"""Settings. The one place that reads the environment; everything else is handed what it needs.

EDUATLAS_DATA           data folder                          data/live, or data/sample with --sample
EDUATLAS_CONTACT        address or URL that portals may write to; part of the user agent
EDUATLAS_WORKERS        portals harvested at the same time   2
EDUATLAS_KEEP_DAYS      days that unneeded archived pages stay     for ever
EDUATLAS_KEEP_RELEASES  releases that stay, newest first     all
EDUATLAS_PRECISE        1: ask the full sentence model       0
PREFECT_API_URL         a Prefect server to report to; without it a private one runs inside the process
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spiders.errors import StorageError, UsageError

World = Literal["sample", "live"]

STAMP = "world"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one call of the command line works with."""

    data: Path
    world: World
    contact: str
    workers: int
    keep_days: int | None = None
    keep_releases: int | None = None
    precise: bool = False
    quiet: bool = False
    json: bool = False
    allow_private: bool = False

    @property
    def raw(self) -> Path:
        return self.data / "raw"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger"

    @property
    def refined(self) -> Path:
        return self.data / "refined"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def database(self) -> Path:
        return self.data / "eduatlas.duckdb"


def resolve(*, data: Path | None, sample: bool = False, quiet: bool = False, json: bool = False, allow_private: bool = False) -> Settings:
    """Settings for one call: options first, then the environment, then the defaults.

    Raises UsageError where the folder is stamped for the other world.
    """
    env = os.environ
    if data is None:
        data = Path(env["EDUATLAS_DATA"]) if env.get("EDUATLAS_DATA") else Path("data/sample" if sample else "data/live")
    world = _world(data, sample)
    return Settings(
        data=data,
        world=world,
        contact=env.get("EDUATLAS_CONTACT", ""),
        workers=_number("EDUATLAS_WORKERS") or 2,
        keep_days=_number("EDUATLAS_KEEP_DAYS"),
        keep_releases=_number("EDUATLAS_KEEP_RELEASES"),
        precise=_yes("EDUATLAS_PRECISE"),
        quiet=quiet,
        json=json,
        allow_private=allow_private,
    )


def _number(name: str) -> int | None:
    """A number of 1 or more from the environment, None where it is unset. Raises UsageError for anything else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{name}={text} is no number of 1 or more", hint="Set it to a whole number, or leave it unset.")
    return int(text)


def _yes(name: str) -> bool:
    """Whether a variable of the environment says 1; 0 or unset is no. Raises UsageError for anything else."""
    text = os.environ.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise UsageError(f"{name}={text} is neither 0 nor 1", hint="Set it to 0 or 1, or leave it unset.")
    return text == "1"


def _world(data: Path, sample: bool) -> World:
    stamp = data / STAMP
    try:
        found = stamp.read_text(encoding="utf-8").strip() if stamp.exists() else None
    except OSError as error:
        raise StorageError(f"cannot read the stamp: {error.strerror}", where=str(stamp), hint="Check the folder's permissions.") from error
    if found not in (None, "sample", "live"):
        raise StorageError(
            f"the stamp says {found!r}", where=str(stamp), hint="It must say sample or live; restore it or use another folder."
        )
    if sample and found == "live":
        raise UsageError(
            "this folder holds live data; sample portals do not go into it",
            where=str(data),
            hint="Leave --sample out, or name another --data.",
        )
    return "sample" if sample or found == "sample" else "live"


def stamp(settings: Settings) -> None:
    """Mark the data folder as sample or live at its first run; a folder of the other world is refused."""
    path = settings.data / STAMP
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(settings.world + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"cannot write the data folder: {error.strerror}",
            where=str(settings.data),
            hint="Free space or fix permissions, or name another --data.",
        ) from error


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Prefect's settings, to be in the environment before it is imported: its home under the data folder, nothing sent off the host."""
    home = settings.data / "prefect"
    values = {
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SHOW_UPDATE_CHECK": "false",
    }
    # what an operator set by hand stands
    return {k: v for k, v in values.items() if k not in os.environ}


def apply_prefect_environment(settings: Settings) -> None:
    """Put ``prefect_environment`` in force for this process and its children."""
    os.environ.update(prefect_environment(settings))


def export_secrets() -> dict[str, str]:
    """What an export target asks for, by lower-case name; from the environment alone, so that no secret stands in a command line."""
    prefix = "EDUATLAS_EXPORT_"
    return {name.removeprefix(prefix).lower(): value for name, value in os.environ.items() if name.startswith(prefix)}
