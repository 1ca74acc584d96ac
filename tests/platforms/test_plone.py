"""Plone from PyPI behind nginx: a folder of programmes, harvested by its REST interface, edited through it, harvested again."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import make_card
from servers import LOOPBACK, ROOT, free_port, need, server

from spiders.crawl import HarvestOptions, harvest
from spiders.probe import probe
from spiders.rawzone import RunReport, versions

HOST = "plone.test"
BIN = ROOT / ".venv-plone" / "bin"
SCRIPTS = Path(__file__).parent / "plone"
ZCML = """<configure xmlns="http://namespaces.zope.org/zope" xmlns:five="http://namespaces.zope.org/five">
  <include package="Zope2.App" /><five:loadProducts file="meta.zcml"/><five:loadProducts /><five:loadProductsOverrides />
</configure>"""
INI = """[app:zope]
use = egg:Zope#main
zope_conf = {folder}/etc/zope.conf
[server:main]
use = egg:waitress#main
host = {address}
port = {port}
threads = 2
[pipeline:main]
pipeline =
    egg:Zope#httpexceptions
    zope
"""
NGINX = """daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen {address}:{port};
    location / {{ proxy_pass http://{address}:{zope}/VirtualHostBase/http/{host}:80/Plone/VirtualHostRoot$request_uri; }} }} }}
"""


@dataclass
class Plone:
    port: int
    zope: int
    data: Path

    def edit(self, method: str, path: str, **fields: str) -> None:
        """What an editor does through the interface."""
        token = base64.b64encode(b"editor:not-a-secret").decode()
        head = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": f"Basic {token}"}
        body = json.dumps(fields).encode() if fields else None
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.zope}/Plone/{path}", body, head, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status in (200, 204)

    def options(self) -> HarvestOptions:
        return HarvestOptions(resolve={HOST: (LOOPBACK, self.port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=300)

    def harvest(self, card, n: int) -> RunReport:
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=self.options())


@pytest.fixture(scope="module")
def plone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plone]:
    need("nginx", str(BIN / "runwsgi"))
    folder = tmp_path_factory.mktemp("plone")
    for name in ("etc", "var/log", "var/cache"):
        (folder / name).mkdir(parents=True)
    zope, port = free_port(), free_port()
    (folder / "etc" / "site.zcml").write_text(ZCML)
    (folder / "etc" / "zope.conf").write_text((SCRIPTS / "zope.conf").read_text().replace("${INSTANCE}", str(folder)))
    (folder / "etc" / "zope.ini").write_text(INI.format(folder=folder, address=LOOPBACK, port=zope))
    created = subprocess.run(
        [str(BIN / "zconsole"), "run", str(folder / "etc" / "zope.conf"), str(SCRIPTS / "create_site.py")],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert created.stdout.strip().endswith("done"), created.stdout[-2000:] + created.stderr[-3000:]
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, address=LOOPBACK, port=port, zope=zope, host=HOST, user=user))
    with (
        server([str(BIN / "runwsgi"), str(folder / "etc" / "zope.ini")], zope, folder / "zope.log", seconds=300),
        server(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, folder / "nginx.log"),
    ):
        yield Plone(port, zope, folder / "data")


def card(portal="it-test", **options):
    return make_card(
        {"platform": "plone", "url": f"http://{HOST}/progetti", **options}, portal=portal, homepage=f"http://{HOST}/", country="IT"
    )


def test_first_second_and_third_harvest(plone):
    first = plone.harvest(card(), 1)
    assert (first.counts["found"], first.errors) == (66, [])
    rows = {r["title"]: r for r in versions(plone.data / "raw", "it-test")}
    one = rows["Programma scuola digitale 1"]
    assert one["url"] == f"http://{HOST}/progetti/progetto-1"
    assert (one["language"], one["topic"]) == ("it", "Schule; Gruppe 1")
    assert "Le scuole ricevono" in one["description"]
    assert not (one.get("published") or "").startswith("1969")

    second = plone.harvest(card(), 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.counts["missing"]) == (66, 0, 0)
    assert second.counts["bytes"] < 0.5 * first.counts["bytes"]

    plone.edit("PATCH", "progetti/progetto-5", title="Rinominato")
    plone.edit("DELETE", "progetti/progetto-6")
    third = plone.harvest(card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 64, 1)


def test_a_portal_that_nobody_described(plone):
    seen = probe(f"http://{HOST}/progetti", plone.options())
    assert seen.harvest is not None and seen.harvest.platform == "plone"
    assert seen.found >= 60
