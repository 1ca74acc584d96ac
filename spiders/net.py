"""Which addresses a crawl may reach.

The resolver of the reactor is the gate: every connection, redirects and literal addresses included, asks it, and it hands
out public addresses only, so that the address connected to is the address checked. In a sample run it maps exactly the
given host names to the given loopback addresses; nothing else is exempt.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

#: setting: {host: (loopback address, port)}
RESOLVE = "EDUATLAS_RESOLVE"
#: setting: may private addresses be reached
ALLOW_PRIVATE = "EDUATLAS_ALLOW_PRIVATE"
#: setting: the hosts that the card names
HOSTS = "EDUATLAS_HOSTS"

_WEB_PORTS = (80, 443)
#: address blocks that translate to others and so could hide a private one
_TRANSLATED = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))


class Refused(IgnoreRequest):
    """A request that must not be sent."""


def is_public(address: str) -> bool:
    """True for an address of the open internet: not private, loopback, link-local, multicast, reserved or a disguise of one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to cancel: the answer is given at once."""


@implementer(IResolutionReceiver)
class _Gate:
    """Passes public addresses on and remembers what it refused."""

    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:
        self._receiver, self._host, self._refused = receiver, host, refused

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused[self._host] = address.host

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """The resolver of a crawl, named in the setting ``TWISTED_DNS_RESOLVER``."""

    #: host -> private address that was refused in this process, for the report
    refused: dict[str, str] = {}

    def __init__(self, reactor: Any, resolve: Mapping[str, tuple[str, int]], allow_private: bool) -> None:
        self._reactor = reactor
        self._inner = reactor.nameResolver
        self._resolve = {host.lower(): (address, int(port)) for host, (address, port) in resolve.items()}
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        return cls(reactor, crawler.settings.getdict(RESOLVE), crawler.settings.getbool(ALLOW_PRIVATE))

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, addressTypes: Any = None, transportSemantics: str = "TCP"
    ) -> Any:
        mapped = self._resolve.get(hostName.lower())
        if mapped and portNumber in _WEB_PORTS:
            resolution = _Resolution(hostName)
            resolutionReceiver.resolutionBegan(resolution)
            resolutionReceiver.addressResolved(IPv4Address("TCP", *mapped))
            resolutionReceiver.resolutionComplete()
            return resolution
        receiver = resolutionReceiver if self._allow_private else _Gate(resolutionReceiver, hostName, self.refused)
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


class HostGuard:
    """Downloader middleware: only the card's hosts over HTTP(S), and the connected peer is looked at once more."""

    def __init__(self, settings: Any) -> None:
        self._hosts = frozenset(settings.getlist(HOSTS))
        self._resolve = settings.getdict(RESOLVE)
        self._allow_private = settings.getbool(ALLOW_PRIVATE)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostGuard:
        return cls(crawler.settings)

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https"):
            raise Refused(f"refused: {parts.scheme}: is no web address")
        if host not in self._hosts:
            raise Refused(f"refused: the card does not name the host {host}")
        literal = host.replace(".", "").isdigit() or ":" in host
        if literal and not self._allow_private and not is_public(host):
            raise Refused(f"refused: {host} is a private address")

    def process_response(self, request: Request, response: Response) -> Response:
        ip = response.ip_address
        host = (urlparse_cached(request).hostname or "").lower()
        if ip is not None and not self._allow_private and host not in self._resolve and not is_public(str(ip)):
            raise Refused(f"refused: {host} answered from the private address {ip}")
        return response
