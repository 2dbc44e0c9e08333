"""Which network addresses belong to everybody, and which to somebody's own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Network, ip_address

_EVERYBODY = IPv6Network("2000::/3")
# Ways to write an IPv4 address as one of IPv6: translated for networks without IPv4.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# Tunnels that lead to an IPv4 address; nobody serves podcasts through them.
_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))


def is_public(address: str) -> bool:
    """Whether a numeric address is reached over the internet, not on a network of somebody's own.

    Raises :class:`ValueError` for what is no address.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast
    if ip.ipv4_mapped:
        return is_public(str(ip.ipv4_mapped))
    if ip in _TRANSLATED:
        return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip in _EVERYBODY and ip.is_global and not any(ip in tunnel for tunnel in _TUNNELS)
