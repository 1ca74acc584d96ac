"""Places as people write them: country, NUTS 2024 units and level.

`parse_place` reads a text that is a place, `places_in` looks for places in a title, `places_step` fills the columns. Names come from the
NUTS list and CLDR (`places_units`) and from ``lookups/places-*.toml``.
"""

from __future__ import annotations

from transforms.normalise.places_frame import parse_level, places_step
from transforms.normalise.places_read import Place, parse_many, parse_place
from transforms.normalise.places_search import places_in

__all__ = ["Place", "parse_level", "parse_many", "parse_place", "places_in", "places_step"]
