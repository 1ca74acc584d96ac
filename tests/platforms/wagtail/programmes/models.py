"""Pages of a portal of programmes, with the fields that its API publishes."""

from django.db import models
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    template = "home.html"


class ProgrammePage(Page):
    template = "programme.html"
    laufzeit = models.CharField(max_length=80)
    traeger = models.CharField(max_length=80)
    inhalt = RichTextField()
    api_fields = [APIField("laufzeit"), APIField("traeger"), APIField("inhalt")]
