"""nginx serving a static portal: a gzipped sitemap index, pages and a feed with validators."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import detail, make_card
from servers import LOOPBACK, free_port, need, server

from spiders.crawl import HarvestOptions, harvest
from spiders.rawzone import RunReport

HOST = "static.test"
CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ text/html html; application/xml xml; application/gzip gz; application/rss+xml rss; text/plain txt; }}
  server {{ listen {address}:{port}; root {folder}/www; charset utf-8; gzip on; gzip_types application/xml application/rss+xml; }}
}}
"""
FILL = "<p>" + "Schulen erhalten Geräte, Netze und Fortbildung für guten Unterricht. " * 40 + "</p>"


@dataclass
class Static:
    folder: Path
    port: int
    data: Path

    def page(self, number: int, text: str = "") -> None:
        path = self.folder / "www" / "projekte" / f"{number}.html"
        path.write_text(detail(f"Projekt {number}", facts={"Laufzeit": f"{2000 + number}"}, text=FILL + text), encoding="utf-8")

    def harvest(self, card, n: int) -> RunReport:
        options = HarvestOptions(resolve={HOST: (LOOPBACK, self.port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=120)
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=options)

    def asked(self) -> list[tuple[str, str]]:
        """(path, status) of every request since the last call."""
        log = self.folder / "access.log"
        lines = log.read_text().splitlines()
        log.write_text("")
        return [(line.split()[6], line.split()[8]) for line in lines]


@pytest.fixture
def static(tmp_path: Path) -> Iterator[Static]:
    need("nginx")
    (tmp_path / "www" / "projekte").mkdir(parents=True)
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755)
    port = free_port()
    static = Static(tmp_path, port, tmp_path / "data")
    for number in range(1, 31):
        static.page(number)
    urls = "".join(f"<url><loc>http://{HOST}/projekte/{n}.html</loc></url>" for n in range(1, 31)) + f"<url><loc>http://{HOST}/</loc></url>"
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    (tmp_path / "www" / "projekte.xml.gz").write_bytes(gzip.compress(f"<?xml version='1.0'?><urlset {names}>{urls}</urlset>".encode()))
    index = f"<?xml version='1.0'?><sitemapindex {names}><sitemap><loc>http://{HOST}/projekte.xml.gz</loc></sitemap></sitemapindex>"
    (tmp_path / "www" / "sitemap.xml").write_text(index)
    items = "".join(
        f"<item><title>Projekt {n}</title><link>http://{HOST}/projekte/{n}.html</link><guid>p{n}</guid></item>" for n in range(1, 11)
    )
    (tmp_path / "www" / "feed.rss").write_text(f"<?xml version='1.0'?><rss version='2.0'><channel><title>F</title>{items}</channel></rss>")
    user = "user root;" if os.getuid() == 0 else ""
    config = tmp_path / "nginx.conf"
    config.write_text(CONFIG.format(folder=tmp_path, address=LOOPBACK, port=port, user=user))
    with server(["nginx", "-c", str(config), "-p", str(tmp_path)], port, tmp_path / "log"):
        yield static


def test_a_sitemap_index_and_conditional_requests(static):
    card = make_card({"platform": "sitemap", "url": f"http://{HOST}/sitemap.xml", "entries": ["/projekte/"]}, homepage=f"http://{HOST}/")
    first = static.harvest(card, 1)
    assert (first.counts["found"], first.claimed, first.errors) == (30, 30, [])
    static.asked()

    second = static.harvest(card, 2)
    assert (second.counts["unchanged"], second.counts["new"]) == (30, 0)
    assert second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    pages = [(p, s) for p, s in static.asked() if p.startswith("/projekte/")]
    assert len(pages) == 30 and {s for _, s in pages} == {"304"}

    static.page(3, "<p>Ein neuer Absatz.</p>")
    (static.folder / "www" / "projekte" / "4.html").unlink()
    third = static.harvest(card, 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 28, 1)


def test_an_unchanged_feed_is_asked_for_once(static):
    card = make_card({"platform": "feed", "url": f"http://{HOST}/feed.rss"}, homepage=f"http://{HOST}/")
    assert static.harvest(card, 1).counts["found"] == 10
    static.asked()
    assert static.harvest(card, 2).counts["unchanged"] == 10
    assert ("/feed.rss", "304") in static.asked()
