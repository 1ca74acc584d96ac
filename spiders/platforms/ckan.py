"""CKAN through its action API: data sets of a catalogue, or of some of its organisations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from spiders.base import Claimed, Deleted, Door, Fetch, Known, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.platforms._records import in_language, record_listing, text, texts

ROWS = 100
#: an index row is small; CKAN gives a thousand at most
INDEX_ROWS = 1000
#: changed packages that are asked for in one address
BATCH = 25
#: more pages than this are a circle
MAX_PAGES = 5000
#: statuses with which CKAN gives its reason
_REASONS = (400, 403, 404, 409, 500)
#: keys of CKAN itself; every other key that holds text is a label
# fmt: off
_OWN = frozenset({
    "author", "author_email", "bbox-east-long", "bbox-north-lat", "bbox-south-lat", "bbox-west-long", "contact_point", "contact_points",
    "creator_user_id", "data_dict", "description", "extras", "groups", "guid", "harvest_object_id", "harvest_source_id",
    "harvest_source_title", "id", "isopen", "issued", "keywords", "language", "license_id", "license_title", "license_url", "maintainer",
    "maintainer_email", "metadata_created", "metadata_modified", "modified", "name", "notes", "notes_translated", "num_resources",
    "num_tags", "organization", "owner_org", "private", "relationships_as_object", "relationships_as_subject", "resource_type_general",
    "resources", "revision_id", "score", "spatial_geom", "state", "tags", "title", "title_translated", "tracking_summary", "type", "url",
    "validated_data_dict", "version",
})
# fmt: on
#: raw field -> keys that extensions of CKAN use for it
_FIELDS = {
    "start": ("temporal_start", "temporal_coverage_from", "temporal_coverage-from", "date_from"),
    "end": ("temporal_end", "temporal_coverage_to", "temporal_coverage-to", "date_to"),
    "place": ("spatial_text", "geographical_coverage", "spatial_coverage", "geographic_coverage"),
}


class Ckan(Platform):
    """``url`` is the root of the action API, ``https://example.org/api/3/action``, or of the portal.

    A first run reads whole packages; later runs read ids and times of change, then the packages that changed. The robots.txt of a CKAN
    as it comes disallows ``/api/``: such a portal is refused until its owner allows it; a card may name its DCAT catalogue instead.
    """

    name = "ckan"
    rank = 16
    about = "CKAN action API"
    options = {
        "organisations": Option(list, "names of the organisations whose packages are wanted"),
        "filter": Option(str, "further filter (fq), such as 'tags:bildung'"),
        "query": Option(str, "words that are searched for (q)"),
        "fields": Option(dict, "raw field -> path in the package, such as 'organization.title' or 'extras.budget'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        if b"ckan" not in page.body.lower():
            return
        generator = page.tree.css_first('meta[name="generator"]')
        marked = generator is not None and "ckan" in (generator.attributes.get("content") or "").lower()
        if marked or b"/api/3/" in page.body or b"ckan.module" in page.body or b"data-site-root" in page.body:
            root = f"{_home(page.url)}/api/3/action"
            yield Door(f"{root}/package_search?rows=0", root, "marks of CKAN in the page")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            return {} if isinstance(_result(answer)["count"], int) else None
        except (HarvestError, KeyError):
            return None

    def start(self) -> Iterator[Yield]:
        yield self._index(0, 1) if self.memory.tokens else self._full(0, 1)

    @property
    def _root(self) -> str:
        url = self.harvest.url.rstrip("/")
        return url if "/api/" in f"{urlsplit(url).path}/" else f"{url}/api/3/action"

    def _search(self, parse: str, context: dict[str, Any], *, fq: str | None = None, first: bool = True, **query: Any) -> Fetch:
        names = self.option("organisations")
        filters = [f"organization:({' OR '.join(names)})"] if names else []
        filters += [f for f in (self.option("filter"), fq) if f]
        query |= {"fq": " AND ".join(filters)} if filters else {}
        query |= {"q": self.option("query")} if self.option("query") else {}
        url = f"{self._root}/package_search?{urlencode(query, safe=',:()')}"
        return Fetch(url, parse, context, {"Accept": "application/json"}, first=first, accept=_REASONS)

    def _full(self, start: int, depth: int) -> Fetch:
        return self._search("parse", {"start": start, "depth": depth}, rows=ROWS, start=start, sort="id asc")

    def _index(self, start: int, depth: int) -> Fetch:
        context = {"start": start, "depth": depth}
        return self._search("parse_index", context, rows=INDEX_ROWS, start=start, sort="id asc", fl="id,metadata_modified")

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of whole packages."""
        packages = _packages(page)
        yield from self._listings(page, packages)
        yield from self._more(page, packages, self._full)

    def parse_index(self, page: Page) -> Iterator[Yield]:
        """A page of ids and times of change: what changed is fetched, the rest is sighted."""
        packages = _packages(page)
        if any("title" in p for p in packages):  # an old CKAN that gives whole packages whatever is asked
            yield from self._listings(page, packages)
        else:
            changed = []
            for package in packages:
                record_id, token = self.record_id("", platform_id=package["id"]), package.get("metadata_modified")
                if token and _moment(self.memory.tokens.get(record_id)) == _moment(token):
                    yield Known(record_id, token)
                else:
                    changed.append(package["id"])
            for i in range(0, len(changed), BATCH):
                ids = " OR ".join(f'"{name}"' for name in changed[i : i + BATCH])
                yield self._search("parse_some", {}, fq=f"id:({ids})", first=False, rows=BATCH)
        yield from self._more(page, packages, self._index)

    def parse_some(self, page: Page) -> Iterator[Yield]:
        """The packages that changed."""
        yield from self._listings(page, _packages(page))

    def _more(self, page: Page, packages: list[dict[str, Any]], fetch: Any) -> Iterator[Yield]:
        count, depth = _result(page).get("count"), page.context["depth"]
        if not isinstance(count, int):
            return
        if depth == 1:
            yield Claimed(count, "count of package_search")
        reached = page.context["start"] + len(packages)
        if reached < count and not packages:
            yield Problem(f"the answer holds no packages, though {count - reached} are still claimed", page.url, short=True)
        elif reached < count and depth < MAX_PAGES:
            yield fetch(reached, depth + 1)

    def _listings(self, page: Page, packages: list[dict[str, Any]]) -> Iterator[Yield]:
        for package in packages:
            if package.get("state") == "deleted":
                yield Deleted(self.record_id("", platform_id=package["id"]), "state: deleted")
            else:
                yield self._package(page, package)

    def _package(self, page: Page, package: dict[str, Any]) -> Yield:
        languages = self.card.languages
        title, language = in_language(package.get("title_translated") or package.get("title"), languages)
        title = title or text(package.get("name"))
        if not title:
            return Problem(f"package {package['id']} has no title", page.url)
        described = next((package[k] for k in ("notes_translated", "notes", "description") if package.get(k)), None)
        extras = _extras(package)
        organisation = package.get("organization")
        values: dict[str, str | None] = {
            "description": in_language(described, languages)[0],
            "language": language or text(package.get("language")),
            "organisation": in_language(organisation.get("title") or organisation.get("name"), languages)[0]
            if isinstance(organisation, dict)
            else None,
            "topic": "; ".join(dict.fromkeys(self._topics(package))) or None,
            "published": text(package.get("issued") or package.get("metadata_created")),
            "modified": text(package.get("metadata_modified")),
            "licence": text(package.get("license_url") or package.get("license_title") or package.get("license_id")),
            "official_url": package["url"] if str(package.get("url") or "").startswith(("http://", "https://")) else None,
        }
        for field, keys in _FIELDS.items():
            values[field] = next((v for k in keys if (v := text(extras.get(k) or package.get(k)))), None)
        return record_listing(
            self,
            page,
            title=title,
            values=values,
            labels={k: texts(v) for k, v in extras.items()},
            record={**package, "extras": extras},
            url=f"{self._root.partition('/api/')[0]}/dataset/{package.get('name') or package['id']}",
            platform_id=package["id"],
        )

    def _topics(self, package: dict[str, Any]) -> Iterator[str]:
        for key in ("groups", "tags"):
            for item in package.get(key) or ():
                if isinstance(item, dict):
                    name = item.get("display_name") or item.get("title") or item.get("name")
                    if found := in_language(name, self.card.languages)[0]:
                        yield found
                else:
                    yield from texts(item)


def _home(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moment(stated: str | None) -> str | None:
    """A time of change as CKAN's search index gives it, without its Z: a whole package states microseconds, the index milliseconds."""
    whole, _, fraction = (stated or "").removesuffix("Z").partition(".")
    return f"{whole}.{fraction[:3]:0<3}" if whole else None


def _result(page: Page) -> dict[str, Any]:
    """The result of an action. Raises HarvestError with CKAN's own reason where it refuses."""
    answer = page.json if page.body.lstrip()[:1] in (b"{", b"[") else None
    if isinstance(answer, dict) and answer.get("success") is True and isinstance(answer.get("result"), dict):
        return answer["result"]
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        said = "; ".join(f"{k}: {text(v) or v}" for k, v in error.items() if k not in ("__type", "message"))
        raise HarvestError(f"CKAN refuses: {error.get('message') or said or error.get('__type')}", where=page.url)
    raise HarvestError(f"the answer ({page.status}) is none of CKAN's action API", where=page.url)


def _packages(page: Page) -> list[dict[str, Any]]:
    found = _result(page).get("results")
    if not isinstance(found, list):
        raise HarvestError("the answer holds no list of packages", where=page.url)
    return [p for p in found if isinstance(p, dict) and p.get("id")]


def _extras(package: dict[str, Any]) -> dict[str, Any]:
    """Extras, and the keys that an extension's schema added; structures written as JSON text are left out."""
    found = {k: v for k, v in package.items() if k not in _OWN}
    for extra in package.get("extras") or ():
        if isinstance(extra, dict) and extra.get("key"):
            found[str(extra["key"])] = extra.get("value")
    return {k: v for k, v in found.items() if k not in _OWN and not k.startswith("harvest_") and not str(v).lstrip().startswith(("[", "{"))}
