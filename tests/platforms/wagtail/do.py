"""What editors do. Run by the Python of .venv-wagtail in the site's folder: ``python do.py migrate|seed|change|delete|serve PORT``."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402

django.setup()

from programmes.models import HomePage, ProgrammePage  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

TITLES = ("Programm Digitale Schule", "Programme école numérique", "Program cyfrowa szkoła")


def seed() -> None:
    """A start page with 45 programmes, two of them drafts."""
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Programme", slug="start"))
    Site.objects.all().delete()
    Site.objects.create(hostname="wagtail.test", port=80, root_page=home, is_default_site=True)
    for n in range(1, 46):
        home.add_child(
            instance=ProgrammePage(
                title=f"{TITLES[n % 3]} {n}",
                slug=f"programm-{n}",
                live=n > 2,
                laufzeit=f"{2015 + n % 5} bis {2020 + n % 5}",
                traeger=f"Träger {n}",
                inhalt=f"<p>Das Programm {n} stattet Schulen mit Geräten und Netzen aus.</p>",
            )
        )


def main(what: str, *rest: str) -> None:
    if what == "migrate":
        call_command("makemigrations", "programmes", verbosity=0)
        call_command("migrate", verbosity=0)
    elif what == "seed":
        seed()
    elif what == "change":
        page = ProgrammePage.objects.get(slug="programm-7")
        page.title = "Umbenanntes Programm"
        page.save()
    elif what == "delete":
        ProgrammePage.objects.get(slug="programm-8").delete()
    elif what == "serve":
        call_command("runserver", f"127.0.0.1:{rest[0]}", use_reloader=False, insecure_serving=True)


main(*sys.argv[1:])
print("done")
