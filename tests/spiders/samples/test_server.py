"""The sample server speaks HTTP faithfully: types, validators, errors, redirects, and the ways to fail."""

from __future__ import annotations

import http.client
import json
import re
from urllib.parse import urlsplit

import pytest

from spiders.errors import FileError, UsageError
from spiders.samples.server import BEFORE_INTERRUPT, serve

OBSERVATORY = "http://digital-learning-observatory.test"
INITIATIVES = f"{OBSERVATORY}/wp-json/wp/v2/initiative"
LAENDER = "http://bildung-digital-laender.test"


def test_hosts_are_reserved_names_on_loopback(server):
    assert all(host.endswith(".test") for host in server.hosts)
    assert {address for address, _ in server.hosts.values()} == {"127.0.0.1"}


def test_every_host_has_robots_a_start_page_and_a_404(server, get, cards):
    assert {urlsplit(c.homepage).hostname for c in cards.values()} == set(server.hosts)
    texts = set()
    for host in server.hosts:
        status, headers, body = get(f"http://{host}/robots.txt")
        assert (status, headers["content-type"]) == (200, "text/plain")
        assert b"User-agent: *" in body
        texts.add(body)
        assert get(f"http://{host}/")[0] == 200
        assert get(f"http://{host}/no/such/page")[0] == 404
        for hidden in ("_entries.toml", "_routes.toml", "wp-json/_index.json", "../server.py"):
            assert get(f"http://{host}/{hidden}")[0] == 404
    assert len(texts) > len(server.hosts) * 0.8


def test_evidence_pages_are_served(cards, get):
    for card in cards.values():
        for evidence in card.evidence:
            assert get(evidence.url)[0] == 200, evidence.url


def test_an_unknown_host_is_no_portal(server):
    connection = http.client.HTTPConnection(*server.address)
    connection.request("GET", "/", headers={"Host": "elsewhere.test"})
    assert connection.getresponse().status == 421
    connection.close()


def test_validators_give_304_until_the_world_changes(server, get):
    for url in (f"{LAENDER}/projekte/", INITIATIVES, "http://cyfrowa-edukacja.test/rss.xml"):
        status, headers, body = get(url)
        assert (status, bool(body)) == (200, True)
        tag, date = headers["etag"], headers["last-modified"]
        assert get(url, If_None_Match=tag)[::2] == (304, b"")
        assert get(url, If_None_Match=f'"other", W/{tag}')[0] == 304
        assert get(url, If_Modified_Since=date)[0] == 304
        assert get(url, If_None_Match='"other"', If_Modified_Since=date)[0] == 200
        assert get(url, If_Modified_Since="not a date")[0] == 200
        server.world(drop=0.5, recase=True, seed=3)
        assert get(url, If_None_Match=tag)[0] == 200
        assert get(url, If_Modified_Since=date)[0] == 200
        server.world()


def test_head_is_a_get_without_body(get):
    status, headers, body = get(f"{LAENDER}/projekte/", "HEAD")
    assert (status, body) == (200, b"")
    assert headers["content-length"] == get(f"{LAENDER}/projekte/")[1]["content-length"]


def test_a_moved_listing_redirects_to_its_new_address(get):
    status, headers, body = get("http://practice-exchange.test/practices/greece-psn")
    assert (status, body) == (301, b"")
    assert get(headers["location"])[0] == 200


def test_types_and_charsets_are_the_portals_own(get):
    assert get(f"{LAENDER}/projekte/")[1]["content-type"] == "text/html; charset=utf-8"
    wrong = get(f"{LAENDER}/projekte/liechtenstein/ict-projekt.html")
    assert wrong[1]["content-type"] == "text/html; charset=ISO-8859-1"
    assert "Geräteausgabe" in wrong[2].decode("utf-8")
    silent = get("http://digitalis-iskola.test/lapok/dos.html")
    assert silent[1]["content-type"] == "text/html"
    assert "Magyarország" in silent[2].decode("cp1250")
    assert get("http://cyfrowa-edukacja.test/rss.xml")[1]["content-type"] == "application/rss+xml"
    assert get("http://nordisk-skole-digital.test/projekter.atom")[1]["content-type"] == "application/atom+xml"


class TestWordPress:
    def test_paging_says_how_much_there_is(self, get):
        seen, page = [], 1
        while True:
            status, headers, body = get(f"{INITIATIVES}?per_page=15&page={page}")
            assert status == 200
            seen += [post["id"] for post in json.loads(body)]
            if page == int(headers["x-wp-totalpages"]):
                break
            assert f"page={page + 1}" in headers["link"]
            page += 1
        assert len(seen) == len(set(seen)) == int(headers["x-wp-total"])
        assert page > 1

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("page=99", "rest_post_invalid_page_number"),
            ("per_page=101", "rest_invalid_param"),
            ("per_page=0", "rest_invalid_param"),
            ("page=x", "rest_invalid_param"),
        ],
    )
    def test_what_it_refuses(self, get, query, code):
        status, headers, body = get(f"{INITIATIVES}?{query}")
        assert (status, json.loads(body)["code"]) == (400, code)
        assert headers["content-type"] == "application/json; charset=UTF-8"

    def test_a_site_may_give_fewer_than_asked(self, get):
        _, headers, body = get(f"{INITIATIVES}?per_page=100")
        assert len(json.loads(body)) == 20
        assert int(headers["x-wp-totalpages"]) == -(-int(headers["x-wp-total"]) // 20)

    def test_one_post_its_terms_and_its_page(self, get):
        post = json.loads(get(f"{INITIATIVES}?per_page=1&_embed=wp:term")[2])[0]
        groups = post["_embedded"]["wp:term"]
        assert {term["taxonomy"] for group in groups for term in group} == {"country", "measure-type"}
        assert json.loads(get(f"{INITIATIVES}/{post['id']}")[2])["link"] == post["link"]
        assert set(json.loads(get(f"{INITIATIVES}?_fields=id,title.rendered")[2])[0]) == {"id", "title"}
        assert post["title"]["rendered"] in get(post["link"])[2].decode()
        assert get(f"{INITIATIVES}/999999")[0] == 404
        assert get(f"{OBSERVATORY}/wp-json/wp/v2/nothing")[0] == 404

    def test_the_root_names_its_types(self, get):
        assert "/wp/v2/initiative" in json.loads(get(f"{OBSERVATORY}/wp-json/")[2])["routes"]
        assert "initiative" in json.loads(get(f"{OBSERVATORY}/wp-json/wp/v2/types")[2])
        assert "country" in json.loads(get(f"{OBSERVATORY}/wp-json/wp/v2/taxonomies")[2])

    def test_a_dropped_post_is_gone_everywhere(self, server, get):
        before = {p["id"]: p for n in (1, 2, 3) for p in json.loads(get(f"{INITIATIVES}?per_page=20&page={n}")[2])}
        world = server.world(drop=0.3, seed=1)
        dropped = [int(r.rsplit(":", 1)[1]) for r in world.dropped if r.startswith("eu-digital-learning:")]
        assert dropped
        for post in dropped:
            assert get(f"{INITIATIVES}/{post}")[0] == 404
            assert get(before[post]["link"])[0] == 404
        assert int(get(INITIATIVES)[1]["x-wp-total"]) == len(before) - len(dropped)


class TestFailures:
    HOST = "veille-ecole-numerique.test"
    URL = f"http://{HOST}/dossiers"

    def test_stop_leaves_nobody_listening(self, server, get):
        server.fail(self.HOST, "stop")
        with pytest.raises(ConnectionRefusedError):
            get(self.URL)
        assert get(f"{LAENDER}/")[0] == 200, "its neighbours go on"
        server.mend(self.HOST)
        assert get(self.URL)[0] == 200

    def test_stop_hangs_up_on_those_who_know_the_port(self, server):
        address = server.hosts[self.HOST]
        server.fail(self.HOST, "stop")
        connection = http.client.HTTPConnection(*address)
        connection.request("GET", "/", headers={"Host": self.HOST})
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()

    def test_500(self, server, get):
        server.fail(self.HOST, "500")
        assert get(self.URL)[0] == get(f"http://{self.HOST}/robots.txt")[0] == 500

    def test_garbage_is_no_page(self, server, get):
        server.fail(self.HOST, "garbage")
        status, _, body = get(self.URL)
        assert status == 200
        assert not re.search(rb"<(html|div|a) ?", body)
        assert get(f"http://{self.HOST}/robots.txt")[2].startswith(b"User-agent")

    def test_interrupt_breaks_off_in_a_body(self, server, get):
        server.fail(self.HOST, "interrupt")
        for _ in range(BEFORE_INTERRUPT):
            assert get(self.URL)[0] == 200
        with pytest.raises(http.client.IncompleteRead):
            get(self.URL)
        server.mend()
        assert get(self.URL)[0] == 200

    def test_slow_does_not_answer_in_time(self, server):
        server.fail(self.HOST, "slow")
        connection = http.client.HTTPConnection(*server.hosts[self.HOST], timeout=0.3)
        connection.request("GET", "/", headers={"Host": self.HOST})
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()

    def test_unknown_host_or_way(self, server):
        with pytest.raises(UsageError, match="cannot make"):
            server.fail("nowhere.test", "500")
        with pytest.raises(UsageError, match="Ways"):
            server.fail(self.HOST, "fire")


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(FileError, match="no such folder"), serve(tmp_path / "none"):
        pass


def test_requests_are_kept(server, get):
    get(f"{LAENDER}/robots.txt")
    assert server.requests[-1] == ("bildung-digital-laender.test", "/robots.txt", 200)
