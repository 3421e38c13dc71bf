"""Repositories over HTTPS: a certificate nobody vouches for is refused, one that is vouched for is good (HAR-10)."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lienthu.domain.union.harvesting import net
from lienthu.domain.union.harvesting.errors import Failure
from lienthu.domain.union.harvesting.tests.repository import Repository, served


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thu")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "thu.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def repository(certificate: Path) -> Iterator[Repository]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with served(Repository(), context) as r:
        yield r


def ask(repository: Repository) -> net.Answer:
    return net.Client(repository.address, user_agent="test", private=True).get("verb=Identify")


def test_a_certificate_that_nobody_vouches_for_is_refused(repository: Repository) -> None:
    with pytest.raises(Failure) as refused:
        ask(repository)
    assert refused.value.code == "tls"
    assert not repository.asked


def test_a_certificate_that_is_vouched_for_is_good(
    repository: Repository, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(net.ssl, "create_default_context", lambda: trusting)
    assert b"<Identify>" in ask(repository).body
    repository.address = repository.address.replace("127.0.0.1", "localhost")  # a name that it does not vouch for
    with pytest.raises(Failure) as refused:
        ask(repository)
    assert refused.value.code == "tls"
