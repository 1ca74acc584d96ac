"""What happens inside the CKAN of test_ckan.py: ``python do.py CKAN.INI seed|change|delete``. Ends with the word done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins.toolkit import get_action

NUMBER = 123
ORGANISATIONS = {"ministerium": "Ministerium für Bildung", "agentur": "Agentur für digitale Schulen"}


def act(action: str, /, **data: Any) -> dict[str, Any]:
    """One action of CKAN's API, as its own site user."""
    user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return get_action(action)({"ignore_auth": True, "user": user}, data)


def seed() -> None:
    """Two organisations, a group, ``NUMBER`` public data sets of three kinds of wording, and one that is private."""
    for name, title in ORGANISATIONS.items():
        act("organization_create", name=name, title=title)
    act("group_create", name="schule", title="Schule")
    for n in range(1, NUMBER + 1):
        act(
            "package_create",
            name=f"programm-{n}",
            title=f"Programm Digitale Bildung {n}",
            notes=f"Das Programm {n} stattet Schulen mit Geräten aus und bildet Lehrkräfte fort.",
            owner_org=list(ORGANISATIONS)[n % 2],
            license_id="cc-by",
            url=f"https://programm.test/{n}",
            tags=[{"name": "digitale-bildung"}, {"name": f"jahr {2015 + n % 10}"}],
            groups=[{"name": "schule"}] if n % 3 == 0 else [],
            extras=[{"key": "Laufzeit", "value": f"{2015 + n % 10}-{2018 + n % 10}"}, {"key": "Budget", "value": f"{n} Mio. EUR"}],
        )
    act("package_create", name="entwurf", title="Entwurf", owner_org="agentur", private=True)


def change() -> None:
    """Another description of one data set."""
    act("package_patch", id="programm-7", notes="Das Programm 7 wurde verlängert.")


def delete() -> None:
    """One data set is taken away."""
    act("package_delete", id="programm-9")


if __name__ == "__main__":
    what: dict[str, Callable[[], None]] = {"seed": seed, "change": change, "delete": delete}
    app = make_app(CKANConfigLoader(sys.argv[1]).get_config())
    with app._wsgi_app.test_request_context():
        what[sys.argv[2]]()
    print("done")
