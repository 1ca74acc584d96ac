"""WordPress from Debian's packages with MariaDB, 124 initiatives in four languages: harvested, changed, harvested again."""

from __future__ import annotations

import os
import re
import subprocess
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import make_card
from servers import LOOPBACK, free_port, need, server

from flows.config import Settings
from flows.harvesting import harvest_portal, options_of
from flows.surveying import new_card
from spiders import examples
from spiders.card import card_from, load_card
from spiders.crawl import HarvestOptions, harvest
from spiders.probe import check, probe
from spiders.rawzone import RunReport, versions

HOST = "wordpress.test"
SOURCE = Path("/usr/share/wordpress")
SCRIPTS = Path(__file__).parent / "wordpress"
CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', ''); define('WP_DEBUG', false); define('DISABLE_WP_CRON', true);
define('WP_HOME', 'http://{host}'); define('WP_SITEURL', 'http://{host}'); define('WP_CONTENT_DIR', __DIR__ . '/wp-content');
define('WP_CONTENT_URL', 'http://{host}/wp-content'); define('AUTOMATIC_UPDATER_DISABLED', true);
{keys}
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {{ define('ABSPATH', __DIR__ . '/'); }}
require_once ABSPATH . 'wp-settings.php';
"""
OFFLINE = "<?php add_filter('pre_http_request', fn() => new WP_Error('offline', 'no network'));"


@dataclass
class WordPress:
    folder: Path
    port: int
    data: Path
    env: dict[str, str]

    def do(self, what: str) -> None:
        """What an editor does."""
        command = ["php", str(SCRIPTS / "do.php"), str(self.folder), what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **self.env})
        assert done.stdout.strip().endswith("done"), done.stdout + done.stderr

    def options(self, **more) -> HarvestOptions:
        return HarvestOptions(resolve={HOST: (LOOPBACK, self.port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=300, **more)

    def harvest(self, card, n: int, **more) -> RunReport:
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=self.options(**more))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    need("mariadbd", "mariadb-install-db", "mariadb", "php", str(SOURCE / "wp-load.php"))
    folder = tmp_path_factory.mktemp("db")
    socket, files = folder / "s.sock", folder / "data"
    user = ["--user=root"] if os.getuid() == 0 else []
    setup = ["mariadb-install-db", "--no-defaults", f"--datadir={files}", "--auth-root-authentication-method=normal", *user]
    subprocess.run(setup, check=True, capture_output=True, timeout=120)
    command = [
        "mariadbd",
        "--no-defaults",
        f"--datadir={files}",
        f"--socket={socket}",
        "--skip-networking",
        f"--pid-file={folder}/pid",
        *user,
    ]
    with server(command, socket, folder / "log"):
        yield socket


def sites(
    socket: Path, folder: Path, data: Path, prefix: str = "", *, own_address: bool = False, content: str = "seed"
) -> Iterator[WordPress]:
    subprocess.run(
        ["mariadb", "--no-defaults", f"--socket={socket}", "-e", "DROP DATABASE IF EXISTS wordpress; CREATE DATABASE wordpress"], check=True
    )
    folder.mkdir()
    for path in SOURCE.iterdir():
        if path.name not in ("wp-config.php", "wp-content"):
            (folder / path.name).symlink_to(path.resolve())
    # WordPress finds its folder by the file that was asked for: its own entry points are copies
    for name in ("index.php", "wp-load.php", "wp-blog-header.php", "wp-settings.php"):
        (folder / name).unlink()
        (folder / name).write_text((SOURCE / name).read_text())
    (folder / "wp-content" / "mu-plugins").mkdir(parents=True)
    (folder / "wp-content" / "themes").symlink_to((SOURCE / "wp-content" / "themes").resolve())
    # a site as it comes has no type of its own
    plugin = (SCRIPTS / "initiatives.php").read_text() if content == "seed" else OFFLINE
    (folder / "wp-content" / "mu-plugins" / "initiatives.php").write_text(plugin)
    port = free_port()
    host = f"{LOOPBACK}:{port}" if own_address else HOST
    names = [f"{a}{b}" for b in ("KEY", "SALT") for a in ("AUTH_", "SECURE_AUTH_", "LOGGED_IN_", "NONCE_")]
    keys = " ".join(f"define('{name}', 'test');" for name in names)
    (folder / "wp-config.php").write_text(CONFIG.format(socket=socket, host=host, keys=keys))
    wordpress = WordPress(folder, port, data, {"REST_PREFIX": prefix, "SITE_HOST": host})
    wordpress.do("install")
    wordpress.do(content)
    command = ["php", "-S", f"{LOOPBACK}:{port}", "-t", str(folder), str(SCRIPTS / "router.php")]
    with server(command, port, folder.parent / f"{folder.name}.log", env={"PHP_CLI_SERVER_WORKERS": "2", **wordpress.env}):
        yield wordpress


@pytest.fixture(scope="module")
def wordpress(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    folder = tmp_path_factory.mktemp("wp")
    yield from sites(database, folder / "site", folder / "data")


def rest_card():
    return make_card(
        {
            "platform": "wordpress",
            "url": f"http://{HOST}/wp-json/",
            "types": ["initiativen"],
            "fields": {"period": "meta.laufzeit", "organisation": "meta.traeger", "place": "taxonomy:region"},
        },
        homepage=f"http://{HOST}/",
        languages=["de", "fr", "cs", "el"],
    )


def test_first_second_and_third_harvest(wordpress):
    first = wordpress.harvest(rest_card(), 1)
    assert (first.counts["found"], first.claimed, first.run["coverage"], first.errors) == (124, 124, 1.0, [])
    rows = {r["title"]: r for r in versions(wordpress.data / "raw", "at-test")}
    one = rows["Πρόγραμμα ψηφιακού σχολείου 3"]
    assert (one["period"], one["place"], one["target_group"], one["organisation"]) == ("2018-2022", "Κρήτη", "εκπαιδευτικοί", "Träger 3")
    assert re.fullmatch(r"at-test:wp:initiative:\d+", one["record_id"])
    assert one["url"] == f"http://{HOST}/initiative/massnahme-3/"

    second = wordpress.harvest(rest_card(), 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.counts["new"], second.counts["missing"]) == (124, 0, 0, 0)
    # 8 kB of ids and dates, and the 40 kB of the page that says there is no tdmrep.json
    assert second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    assert (second.folder / "listings.jsonl").read_text() == ""

    wordpress.do("change")
    wordpress.do("delete")
    third = wordpress.harvest(rest_card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"]) == (1, 121)
    # of one deleted entry the portal says 404; for the other it guesses another address, which proves nothing
    assert (third.counts["gone"], third.counts["missing"]) == (1, 1)
    now = [r for r in versions(wordpress.data / "raw", "at-test") if r["title"] == "Umbenannte Maßnahme 7"]
    assert len(now) == 1


def test_the_feed_is_honoured_by_its_etag(wordpress):
    card = make_card({"platform": "feed", "url": f"http://{HOST}/initiativen/feed/"}, portal="at-feed", homepage=f"http://{HOST}/")
    first = wordpress.harvest(card, 1)
    assert first.counts["found"] >= 10
    second = wordpress.harvest(card, 2)
    assert (second.counts["unchanged"], second.counts["new"]) == (first.counts["found"], 0)


def test_a_portal_that_nobody_described(wordpress):
    """The exact steps of a new portal: probe gives a card, and the card harvests everything."""
    seen = probe(f"http://{HOST}/", wordpress.options())
    assert seen.harvest is not None
    assert (seen.harvest.platform, seen.harvest.options) == ("wordpress", {"types": ["initiativen"]})
    assert seen.found > 0 and len(seen.samples) == 3
    written = tomllib.loads(seen.as_card_toml())
    card = card_from(written, seen.card_id)
    report = wordpress.harvest(card, 1)
    assert report.counts["found"] == report.claimed >= 122
    assert report.errors == []


def test_auto_with_entries_reads_the_archive_too(wordpress):
    card = make_card(
        {"platform": "auto", "url": f"http://{HOST}/initiativen/", "entries": ["/initiative/"]},
        portal="at-auto",
        homepage=f"http://{HOST}/",
    )
    report = wordpress.harvest(card, 1)
    assert report.counts["found"] >= 122
    assert report.run["notes"]["harvest"]["platform"] == "wordpress"


def test_the_sitemap_names_the_same(wordpress):
    """Its sitemaps carry no date of change: every page is read."""
    card = make_card(
        {"platform": "sitemap", "url": f"http://{HOST}/wp-sitemap.xml", "entries": ["/initiative/massnahme-1"]},
        portal="at-sitemap",
        homepage=f"http://{HOST}/",
    )
    report = wordpress.harvest(card, 1)
    assert report.errors == []
    assert report.counts["found"] == report.claimed >= 35  # 1, 10 to 19, 100 to 124
    titles = {r["title"] for r in versions(wordpress.data / "raw", "at-sitemap")}
    assert "Plan numérique des écoles 1" in titles


def test_an_interface_under_another_prefix(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wp-renamed")
    for wordpress in sites(database, folder / "site", folder / "data", prefix="schnittstelle"):
        card = make_card({"platform": "auto", "url": f"http://{HOST}/"}, portal="at-renamed", homepage=f"http://{HOST}/")
        report = wordpress.harvest(card, 1)
        assert report.run["notes"]["harvest"]["url"] == f"http://{HOST}/schnittstelle/"
        assert report.counts["found"] == 124


def test_the_steps_of_a_new_portal(database, tmp_path_factory):
    """The steps of spiders/README.md, by what the commands call, on a WordPress as it comes: under five minutes, without code."""
    folder = tmp_path_factory.mktemp("wp-unknown")
    for wordpress in sites(database, folder / "site", folder / "data", own_address=True, content="posts"):
        settings = Settings(data=folder / "live", world="live", contact="", workers=1, allow_private=True)
        url = f"http://{LOOPBACK}:{wordpress.port}/"
        begun = time.monotonic()
        path, example, seen = new_card(settings, url, name="fr-ecoles", into=folder / "cards")
        assert seen.harvest is not None and "rest_route" in seen.harvest.url
        assert isinstance(example, Path), (example, seen.errors)
        card = load_card(path)
        options = options_of(settings, None)
        assert check(card, data=settings.data, options=options).healthy
        event = harvest_portal(settings, card, "2025-01-01.1", options)
        assert (event["verdict"], event["counts"]["found"], event["counts"]["claimed"]) == ("ok", 38, 38)
        found = examples.extract(card, examples.read(card))
        titles = [row["title"] for page in found for row in page["listings"]]
        assert "Projet numérique du collège 1" in titles and len(titles) == examples.FEW
        assert time.monotonic() - begun < 300
