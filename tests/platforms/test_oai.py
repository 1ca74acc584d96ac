"""An OAI-PMH server from PyPI on loopback."""
