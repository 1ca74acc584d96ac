"""The list of portals with their evidence, as ``docs/portals.md`` shows it.

python -m spiders.catalogue      writes docs/portals.md anew
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from spiders.card import Card, load_cards

FILE = Path(__file__).resolve().parent.parent / "docs" / "portals.md"

_HEAD = """# Portals

{number} portals of {countries} countries and of the supranational level; {regional} of them regional, {local} local.
Every card was drafted from public pages: the evidence names the page in which the harvest address was seen.

**{counting} of them count**: a page was seen that lists, names or links several initiatives. They cover {covered} countries
and the supranational level; {counting_regional} are regional. Of the {entries} others only the page of one initiative was seen;
their evidence says so ("the list was not seen"), they are marked "entry only" below, and `auto` looks for the list from there.
`drafted` means that no live harvest has confirmed the
card yet: its first harvest is its check. This file is written by `python -m spiders.catalogue` from `spiders/portals`.

## Counts

{counts}

## Portals that publish the same records

{sharing}
"""


def catalogue(cards: Mapping[str, Card]) -> str:
    """The document in Markdown, cards in the order of country and id."""
    levels = Counter(card.level for card in cards.values())
    seen = [card for card in cards.values() if card.list_seen]
    countries = sorted({card.country for card in cards.values()}, key=lambda c: (c == "EU", c))
    head = _HEAD.format(
        number=len(cards),
        countries=len([c for c in countries if c != "EU"]),
        regional=levels["regional"],
        local=levels["local"],
        counting=len(seen),
        counting_regional=sum(card.level == "regional" for card in seen),
        covered=len({card.country for card in seen} - {"EU"}),
        entries=len(cards) - len(seen),
        counts=_counts(cards.values(), countries),
        sharing=_sharing(cards),
    )
    parts = [head.rstrip()]
    for country in countries:
        own = sorted((card for card in cards.values() if card.country == country), key=lambda c: c.id)
        parts.append(f"## {country if country != 'EU' else 'Supranational'}\n\n" + "\n".join(map(_entry, own)))
    return "\n\n".join(parts) + "\n"


def _counts(cards: Iterable[Card], countries: list[str]) -> str:
    rows = ["| country | supranational | national | regional | local | of them count | platforms |", "|---|---|---|---|---|---|---|"]
    by_country = {c: [card for card in cards if card.country == c] for c in countries}
    for country, own in by_country.items():
        levels = Counter(card.level for card in own)
        platforms = Counter(h.platform for card in own for h in card.harvest)
        named = ", ".join(f"{name} {n}" for name, n in sorted(platforms.items()))
        numbers = " | ".join(str(levels[level] or "") for level in ("supranational", "national", "regional", "local"))
        rows.append(f"| {country} | {numbers} | {sum(card.list_seen for card in own)} | {named} |")
    return "\n".join(rows)


def _sharing(cards: Mapping[str, Card]) -> str:
    lines = [f"- `{card.id}` and {', '.join(f'`{m}`' for m in card.mirrors)}" for card in cards.values() if len(card.mirrors) > 1]
    told = {m for card in cards.values() if len(card.mirrors) > 1 for m in (card.id, *card.mirrors)}
    for card in cards.values():
        if len(card.mirrors) == 1 and card.id not in told:
            lines.append(f"- `{card.id}` and `{card.mirrors[0]}`")
            told |= {card.id, card.mirrors[0]}
    return "\n".join(lines)


def _entry(card: Card) -> str:
    where = f"{card.level}{' ' + ' '.join(card.nuts) if card.nuts else ''}"
    marked = "" if card.list_seen else "; entry only"
    lines = [f"- **{card.title}** (`{card.id}`): {card.publisher}; {where}; {', '.join(card.languages)}; {card.status}{marked}"]
    lines += [f"  - harvest by {h.platform}: <{h.url}>" for h in card.harvest]
    lines += [f"  - seen at <{e.url}> ({e.seen}): {e.what}" for e in card.evidence]
    if card.note:
        lines.append(f"  - {card.note}")
    return "\n".join(lines)


if __name__ == "__main__":
    FILE.write_text(catalogue(load_cards()), encoding="utf-8")
    print(f"wrote {FILE}")
