"""Which requests come from the page itself: by the host that was asked for, and by the site that asks.

A page elsewhere must neither read from this one nor act in it, whatever it knows of the address (cross-site request forgery), nor
under a name of its own that leads here (DNS rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import psutil

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERY_ADDRESS = ("0.0.0.0", "::", "")
OWN_SITE = ("same-origin", "none")


def allowed_hosts(bound: str, named: Iterable[str] = ()) -> frozenset[str]:
    """The host names that the page answers to: those it is bound to, this machine's own, and those that a setting names."""
    own = {bound.strip("[]").lower()} if bound not in EVERY_ADDRESS else _of_this_machine()
    return frozenset(LOOPBACK | own | {name.strip().lower() for name in named if name.strip()})


def _of_this_machine() -> set[str]:
    names = {socket.gethostname().lower(), socket.getfqdn().lower()}
    for addresses in psutil.net_if_addrs().values():
        names |= {one.address.split("%")[0].lower() for one in addresses if one.family in (socket.AF_INET, socket.AF_INET6)}
    return names


def host_of(value: str) -> tuple[str, int | None] | None:
    """The name and port of a Host header; None where it is not one."""
    try:
        parts = urlsplit(f"//{value}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.path or parts.query or "@" in value or "#" in value:
        return None
    return _plain(name), port


def _plain(name: str) -> str:
    """An address in its shortest form, any other name in small letters without the final dot."""
    try:
        return str(ip_address(name))
    except ValueError:
        return name.lower().rstrip(".")


def is_allowed(host: str, hosts: frozenset[str]) -> bool:
    """Whether the page answers to this Host header."""
    found = host_of(host)
    return found is not None and found[0] in hosts


def is_foreign(headers: Mapping[str, str], scheme: str, *, navigated: bool) -> bool:
    """Whether another site makes this request. `navigated`: a link that leads here is no harm.

    Browsers say so in Origin (always, for what changes something) and in Sec-Fetch-Site (over TLS and on this machine). What says
    neither is not a browser, and has no cookie that somebody else could use.
    """
    origin = headers.get("origin")
    if origin is not None and not _same_origin(origin, headers.get("host", ""), scheme):
        return True
    site = headers.get("sec-fetch-site", "none")
    if site in OWN_SITE:
        return False
    return not (navigated and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document")


def _same_origin(origin: str, host: str, scheme: str) -> bool:
    try:
        parts = urlsplit(origin)
        given = (_plain(parts.hostname or ""), parts.port or _usual(parts.scheme))
    except ValueError:
        return False
    asked = host_of(host)
    if asked is None or parts.scheme not in ("http", "https"):
        return False
    return parts.scheme == scheme and given == (asked[0], asked[1] or _usual(scheme))


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80
