"""The server's address in its room, with a QR code for the phones there: no Internet needed, and nothing sent to find out."""

import fcntl
import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from playground.web import qr
from playground.words import spoken, words

EVERYWHERE = ("0.0.0.0", "::")
ABROAD = ("192.0.2.1", 9)  # an address kept for documentation (RFC 5737)
SIOCGIFADDR = 0x8915  # Linux: the IPv4 address of an interface
INTERFACES = Path("/sys/class/net")
WHITE_ON_BLACK, PLAIN = "\x1b[97;40m", "\x1b[0m"


def announce(host: str, port: int) -> None:
    """Print where phones in the room find a server that listens on `host`; nothing where there is no such place."""
    if host in EVERYWHERE and "SPACE_ID" not in os.environ and (address := own_address()):
        url = f"http://{address}:{port}"
        lines = qr.terminal(url).splitlines()
        coloured = [f"{WHITE_ON_BLACK}{line}{PLAIN}" for line in lines] if sys.stdout.isatty() else lines
        try:
            print(words(spoken())["host"]["room"].format(url=url), *coloured, sep="\n", flush=True)
        except UnicodeEncodeError:  # a terminal without half blocks
            print(url, flush=True)


def own_address() -> str:
    """This machine's IPv4 address in the local network, or ""."""
    return next((address for address in _addresses() if _local(address)), "")


def _addresses() -> Iterator[str]:
    """The one on the way abroad; then, as without a way abroad, those of network cards that are connected."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ABROAD)  # of a datagram's socket: chooses the interface, sends nothing
            yield probe.getsockname()[0]
        except OSError:
            pass
        for card in sorted(path.parent.name for path in INTERFACES.glob("*/device")):
            try:
                told = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", card.encode()))
                yield socket.inet_ntoa(told[20:24])
            except OSError:  # it has none
                continue


def _local(address: str) -> bool:
    told = ipaddress.ip_address(address)
    return told.is_private and not told.is_loopback and not told.is_unspecified
