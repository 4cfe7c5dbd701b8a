# SPDX-License-Identifier: GPL-3.0-or-later
"""What a listening socket says to those who speak TLS to it, and to those who do not."""

from __future__ import annotations

import socket
import ssl
import warnings

from cryptography import x509

SECONDS = 5.0
NEWEST = ssl.TLSVersion.TLSv1_3


def _context(highest: ssl.TLSVersion) -> ssl.SSLContext:
    """Take any certificate, as a load balancer does of its targets, and every version up to the highest."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # OpenSSL has the old versions still, but offers them to those only who ask for no security.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = highest
    return context


def handshake(address: str, port: int, highest: ssl.TLSVersion = NEWEST) -> tuple[str, x509.Certificate]:
    """Return version and certificate that a server chooses; raises ssl.SSLError or OSError if it refuses."""
    with (
        socket.create_connection((address, port), timeout=SECONDS) as connection,
        _context(highest).wrap_socket(connection, server_hostname="localhost") as secured,
    ):
        certificate = secured.getpeercert(binary_form=True)
        assert certificate
        return str(secured.version()), x509.load_der_x509_certificate(certificate)


def serial(address: str, port: int) -> int:
    """Return the serial number of the certificate that a new connection meets."""
    return handshake(address, port)[1].serial_number


def plain_answer(address: str, port: int) -> bytes:
    """Return what a server says to a request without TLS, nothing if it hangs up."""
    with socket.create_connection((address, port), timeout=SECONDS) as connection:
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(4096)
        except OSError:
            return b""
