import logging
from pathlib import Path
from typing import Any

import pytest
import trustme

from pullscope.engine.errors import AccessDenied, NotAnImage, NotFound, PullError
from pullscope.engine.manifests import ImageManifest
from pullscope.engine.model import KIB, MIB, Layer
from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.engine.probe import _smallest, offered_protocol
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, FaultPlan, SyntheticImage
from pullscope.session import PullOptions, Session

SERVED = RangeReply(RangeAnswer.SERVED, 206)
IGNORED = RangeReply(RangeAnswer.IGNORED, 200)


async def probed(lab: Any, **options: Any) -> Passport:
    session = Session()
    try:
        return await session.probe(lab.references[0], PullOptions(**options))
    finally:
        await session.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_probe_finds_out_how_a_registry_answers(
    start_lab_process: Any, transport: str
) -> None:
    lab = start_lab_process(
        redirect_lifetime=120.0,
        auth=Auth(AuthScheme.BEARER, token_lifetime=200.0),
        multi_platform=True,
        quota=10,
    )
    passport = await probed(lab, transport=transport)
    assert passport.host == lab.host
    assert (passport.closed, passport.open, passport.several) == (SERVED, SERVED, IGNORED)
    assert (passport.beyond, passport.beyond_tells_size) == (416, True)
    assert (passport.redirected, passport.redirect_host) == (True, lab.cdn_host)
    assert passport.redirect_lifetime is not None
    assert 60 < passport.redirect_lifetime <= 120
    assert (passport.protocol, passport.keep_alive) == ("HTTP/1.1", True)
    assert passport.token_lifetime == 200.0
    assert passport.head is True
    assert (passport.quota, passport.spent) == (Quota(10, 8, 21600), 2)
    assert passport.first_byte is not None
    assert passport.serves_ranges(passport.at)


async def test_that_a_probe_is_cheap(start_lab_process: Any) -> None:
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", (6 * MIB, 4 * KIB, 100)),))
    await probed(lab)
    statistics = lab.statistics()
    assert statistics.requests == {"manifest": 2, "blob": 7}
    assert statistics.head_requests == {"manifest": 1}
    assert statistics.blob_bytes_sent <= 5 * KIB + 4 * KIB  # several ranges: the whole layer


@pytest.mark.parametrize(
    ("fault", "closed"),
    [
        ("range-ignored", IGNORED),
        ("range-400", RangeReply(RangeAnswer.REFUSED, 400)),
        ("range-refused", RangeReply(RangeAnswer.REFUSED, 416)),
        ("wrong-content-range", RangeReply(RangeAnswer.WRONG, 206)),
        ("no-content-range", RangeReply(RangeAnswer.WRONG, 206)),
    ],
)
async def test_that_bad_behaviour_is_a_finding(
    start_lab_process: Any, fault: str, closed: RangeReply
) -> None:
    passport = await probed(start_lab_process(faults=FaultPlan.of(f"{fault}=1")))
    assert passport.closed == passport.open == closed
    assert not passport.serves_ranges(passport.at)


async def test_that_a_registry_that_changes_its_mind_is_not_relied_on(
    start_lab_process: Any,
) -> None:
    passport = await probed(start_lab_process(faults=FaultPlan.of("range-ignored=1", limit=1)))
    assert passport.closed == RangeReply(RangeAnswer.UNSTEADY, 206)


async def test_that_a_passing_fault_does_not_end_a_probe(start_lab_process: Any) -> None:
    faults = FaultPlan.of("503=1", limit=2, retry_after=0)
    assert (await probed(start_lab_process(faults=faults))).closed == SERVED


async def test_that_a_layer_that_cannot_be_had_is_an_error_without_its_signature(
    start_lab_process: Any,
) -> None:
    lab = start_lab_process(redirect_lifetime=60.0, faults=FaultPlan.of("expired-redirect=1"))
    with pytest.raises(AccessDenied) as raised:
        await probed(lab)
    assert "sig=" not in str(raised.value)


async def test_that_an_image_that_is_not_there_is_an_error(start_lab_process: Any) -> None:
    lab = start_lab_process()
    session = Session()
    with pytest.raises(NotFound):
        await session.probe(f"{lab.host}/demo/app:none")
    assert session.passports.find(lab.host) is None
    await session.close()


async def test_that_an_index_without_this_platform_is_probed_all_the_same(
    start_lab_process: Any,
) -> None:
    lab = start_lab_process(multi_platform=True)
    assert (await probed(lab, platform="plan9/mips")).closed == SERVED


async def test_that_what_a_probe_finds_is_used_by_the_next_pull(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    await puller.session.probe(lab.references[0])
    pull = puller.new(lab.references[0])
    assert pull._ranges_work, "no range is tried first"
    await pull.run()
    puller.assert_image_is_whole()


async def test_that_a_pull_is_remembered_and_a_contradiction_too(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(quota=20)
    first = puller.new(lab.references[0])
    assert not first._ranges_work
    await first.run()
    known = Session().passports.find(lab.host)
    assert known is not None
    assert (known.closed, known.spent) == (SERVED, 1)
    assert known.quota is not None
    assert known.quota.remaining == 19

    lab.reshape(faults=FaultPlan.of("range-ignored=1"))
    second = puller.new(lab.references[0], output=puller.output.with_name("second"))
    assert second._ranges_work
    await second.run()
    assert not second._ranges_work, "what was known is not relied on once it was contradicted"
    puller.assert_image_is_whole(output=puller.output.with_name("second"))
    third = puller.new(lab.references[0], output=puller.output.with_name("third"))
    assert not third._ranges_work, "the registry is asked carefully again"
    lab.reshape(faults=FaultPlan())
    await third.run()
    known = puller.session.passports.find(lab.host)
    assert known.closed == SERVED, "and relied on again when it serves ranges"


async def test_that_no_secret_reaches_a_passport_or_a_log(
    start_lab_process: Any, home: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lab = start_lab_process(redirect_lifetime=60.0, auth=Auth(AuthScheme.BEARER))
    await probed(lab)
    [kept] = home.rglob("registries.json")
    told = kept.read_text() + caplog.text
    assert lab.host in told
    for secret in ("sig", "expires=", "Bearer ", "eyJ"):
        assert secret not in told


async def test_that_the_offered_protocol_is_read_from_a_handshake(
    start_lab_process: Any, tmp_path: Path
) -> None:
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(files[0])
    certificate.private_key_pem.write_to_path(files[1])
    lab = start_lab_process(tls_certificate=files[0], tls_key=files[1])
    host, _, port = lab.host.rpartition(":")
    assert await offered_protocol(host, int(port)) == "HTTP/1.1"
    passport = await probed(lab, tls_verify=False)
    assert passport.offered == passport.protocol == "HTTP/1.1"


async def test_that_a_host_that_speaks_no_tls_offers_nothing(start_lab_process: Any) -> None:
    host, _, port = start_lab_process().host.rpartition(":")
    assert await offered_protocol(host, int(port)) == ""


def manifest(*sizes: int) -> ImageManifest:
    layers = tuple(Layer(f"sha256:{size:064x}", size, "") for size in sizes)
    return ImageManifest("", Layer("sha256:" + "0" * 64, 1, ""), layers)


def test_that_the_smallest_layer_is_asked_in_which_ranges_mean_something() -> None:
    assert _smallest(manifest(9 * MIB, 3 * KIB, MIB, 32)).size == 3 * KIB
    assert _smallest(manifest(32, 100, 0)).size == 100
    with pytest.raises(NotAnImage):
        _smallest(manifest())
    assert issubclass(NotAnImage, PullError)
