"""Plone from PyPI on loopback."""
