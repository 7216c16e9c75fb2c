from pathlib import Path
from typing import Any

import pytest
import trustme

from pullscope.engine.errors import RegistryError
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import FaultPlan

pytestmark = pytest.mark.parametrize("transport", TRANSPORTS)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_lab(start_lab_process: Any, authority: trustme.CA, tmp_path: Path) -> Any:
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    certificate.private_key_pem.write_to_path(key)
    return start_lab_process(
        tls_certificate=chain,
        tls_key=key,
        faults=FaultPlan.of("reset=0.2", "short-body=0.2", limit=4),
    )


async def test_that_a_certificate_of_a_trusted_authority_is_accepted(
    tls_lab: Any,
    puller: Any,
    transport: str,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    snapshot = await puller.new(tls_lab.references[0], transport=transport, plain_http=False).run()
    assert snapshot.network == snapshot.total
    puller.assert_image_is_whole()


async def test_that_a_certificate_of_an_unknown_authority_is_refused_in_words(
    tls_lab: Any, puller: Any, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 1)
    with pytest.raises(RegistryError, match=r"(?i)certificate"):
        await puller.new(tls_lab.references[0], transport=transport, plain_http=False).run()
    assert tls_lab.statistics().requests.get("manifest", 0) == 0


async def test_that_verification_can_be_skipped(tls_lab: Any, puller: Any, transport: str) -> None:
    await puller.new(tls_lab.references[0], transport=transport, tls_verify=False).run()
    puller.assert_image_is_whole()


async def test_that_https_asked_of_a_plain_registry_names_the_remedy(
    start_lab_process: Any, puller: Any, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 1)
    lab = start_lab_process()
    with pytest.raises(RegistryError, match="--plain-http"):
        await puller.new(lab.references[0], transport=transport, plain_http=False).run()
