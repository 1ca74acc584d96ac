"""Harvest one portal: a Scrapy crawl in a process of its own, ended by ``run.json``.

    harvest(card, data=..., run_id=..., options=...) -> RunReport

``python -m spiders.crawl`` is that process; it takes its job from the standard input.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spiders.card import Card
from spiders.errors import HarvestError, StorageError
from spiders.page import Fetch
from spiders.rawzone import RUN, RunReport, complete_runs

_LOG_TAIL = 1500


@dataclass(frozen=True)
class HarvestOptions:
    """How to harvest.

    ``full``: ignore what earlier runs know. ``only``: fetch these (door, fetch) and nothing they lead to. ``barred``: marks of
    what must not be harvested again (``spiders.forgetting``). ``resolve``: sample host -> (loopback address, port). ``accepted``:
    run ids whose word counts (default: every complete run). ``max_pages``, ``max_bytes``, ``seconds``: budget of the portal.
    ``timeout``: seconds until the process is ended from outside.
    ``concurrency``: requests at a time to one host. ``settings``: Scrapy settings.
    """

    full: bool = False
    barred: frozenset[str] = frozenset()
    allow_private: bool = False
    resolve: Mapping[str, tuple[str, int]] | None = None
    accepted: Sequence[str] | None = None
    contact: str | None = None
    max_pages: int = 20_000
    max_bytes: int = 2_000_000_000
    seconds: float = 4 * 3600
    timeout: float | None = None
    concurrency: int = 1
    python: str = sys.executable
    only: Sequence[tuple[int, Fetch]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


def user_agent(contact: str | None = None) -> str:
    """How a crawl names itself; ``contact`` is a web or role mail address."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("eduatlas")
    except PackageNotFoundError:
        number = "0"
    return f"eduatlas/{number} (+{contact})" if contact else f"eduatlas/{number}"


def harvest(card: Card, *, data: Path, run_id: str, options: HarvestOptions | None = None) -> RunReport:
    """Harvests ``card`` into ``<data>/raw/<card>/<run_id>``.

    Raises HarvestError where no complete run came of it, StorageError where the data folder cannot be written.
    """
    options = options or HarvestOptions()
    raw = Path(data).resolve() / "raw"
    if any(r.run_id == run_id for r in complete_runs(raw, card.id)):
        raise StorageError("this run is complete and cannot be written again", where=f"{raw / card.id / run_id}", hint="Start a new run.")
    job = pickle.dumps({"card": card, "raw": raw, "run_id": run_id, "options": options})
    code, log = _run(job, options)
    folder = raw / card.id / run_id
    if code == 0 and (folder / RUN).exists():
        return RunReport(card.id, run_id, folder, json.loads((folder / RUN).read_text(encoding="utf-8")))
    for line in log.splitlines():
        if line.startswith("storage: "):
            raise StorageError(line.removeprefix("storage: "), where=str(folder), hint="Check space and permissions of the data folder.")
    what = {-signal.SIGKILL: "the crawl was killed", None: "the crawl took too long and was ended"}.get(
        code, f"the crawl ended with code {code}"
    )
    raise HarvestError(f"{what}; the run is incomplete", where=card.id, hint=log[-_LOG_TAIL:].strip() or None)


def _run(job: bytes, options: HarvestOptions) -> tuple[int | None, str]:
    root = str(Path(__file__).resolve().parent.parent)
    # run from the code's own folder, so that the child finds the same modules as this process
    process = subprocess.Popen(
        [options.python, "-m", "spiders.crawl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=root,
        start_new_session=True,
    )
    try:
        _, log = process.communicate(job, timeout=options.timeout or options.seconds + 600)
    except subprocess.TimeoutExpired:
        _end(process)
        return None, ""
    except BaseException:
        _end(process)
        raise
    return process.returncode, log.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the crawl and whatever it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def main() -> int:
    """The crawl process: job in, raw zone out. 0 when ``run.json`` is written."""
    from scrapy.crawler import CrawlerProcess

    from spiders.memory import keep_freed
    from spiders.politeness import now
    from spiders.runner import Crawl

    keep_freed()
    job = pickle.load(sys.stdin.buffer)
    card, options = job["card"], job["options"]
    started, clock = now(), time.monotonic()
    try:
        crawl = Crawl(card, job["raw"], job["run_id"], options, user_agent(options.contact))
    except StorageError as e:
        print(f"storage: {e.what}", file=sys.stderr)
        return 3
    process = CrawlerProcess(crawl.settings, install_root_handler=True)
    crawler = process.create_crawler(crawl.spider_class)
    ended: list[str] = []
    crawl.watch(crawler, ended)
    process.crawl(crawler, **crawl.spider_arguments)
    process.start()
    if ended and ended[0] in ("shutdown", "orphaned"):
        print("interrupted", file=sys.stderr)
        return 130
    if crawl.fatal:
        print(f"storage: {crawl.fatal}", file=sys.stderr)
        return 3
    if not ended:
        return 1
    try:
        crawl.finish(started, time.monotonic() - clock, ended[0], crawler)
    except (StorageError, OSError) as e:
        print(f"storage: {e.what if isinstance(e, StorageError) else e}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
