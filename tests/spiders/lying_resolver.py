"""What DNS rebinding comes down to: the name was looked up as public, and the connection ends at a private address all the same.

The crawl process loads it by its dotted path from the repository's root.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address

from spiders.net import GuardedResolver, _Resolution


class Lying(GuardedResolver):
    """Hands out loopback for every name and asks no gate."""

    def resolveHostName(
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, addressTypes: Any = None, transportSemantics: str = "TCP"
    ) -> Any:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolutionReceiver.addressResolved(IPv4Address("TCP", "127.0.0.1", portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution
