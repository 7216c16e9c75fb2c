import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.errors import Failure
from pullscope.engine.events import ChunkReturned, PullEnded, PullStarted, Sampled
from pullscope.engine.model import (
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.trace.diagnostics import MOST_EVENTS, diagnostics, without_secrets

SECRET = "s3cr3tS3CR3Tvalue"
BASIC = base64.b64encode(f"me:{SECRET}".encode()).decode()
PLANTED = [
    f"GET https://cdn.test/blob?X-Amz-Signature={SECRET}&Expires=1: HTTP 403",
    f"GET https://me:{SECRET}@registry.test/v2/: cannot connect",
    f"Authorization: Bearer {SECRET}",
    f"Authorization: Basic {BASIC}",
    f"{{'authorization': 'Digest {SECRET}'}}",
    f"proxy-authorization = {SECRET}",
    f"the token was refused: bearer {SECRET}",
    f"Set-Cookie: session={SECRET}; Path=/",
    f"https://cdn.test/blob#{SECRET}",
    f"password={SECRET}",
    f'"client_secret": "{SECRET}"',
    f"me:{SECRET}@registry.test/team/app:1",
    f"X-Registry-Api-Key: {SECRET}",
    f"eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(SECRET.encode()).decode()}.c2ln",
]


def snapshot(error: str, reference: str = "ghcr.io/team/app:1") -> Snapshot:
    layer = LayerSnapshot(
        0, "sha256:ab", 10, "m", LayerState.FAILED, 0, 0, 0, 0, 1, 0, 0, (), (), error
    )
    return Snapshot(
        1.5, PullState.FAILED, reference, "sha256:cd", "linux/amd64", Settings(), 10, 0, 0, 0, 0,
        0, 0, 0, 3, 1, 0, Timeline(), (layer,), error, failure=Failure(error, error, error, error),
    )  # fmt: skip


def test_that_what_helps_is_told() -> None:
    started = PullStarted(0.0, "ghcr.io/team/app:1", "/out", Settings(), 0.0)
    text = diagnostics(
        snapshot("HTTP 503"), [started, PullEnded(1.5, PullState.FAILED, "HTTP 503")]
    )
    for fact in (
        "Pullscope ",
        "httpx 0.",
        "reference: ghcr.io/team/app:1",
        "manifest: sha256:cd",
        "parallelism = 8",
        "error: HTTP 503",
        "layer 0: sha256:ab, failed: HTTP 503",
        "1.500 PullEnded",
    ):
        assert fact in text


@pytest.mark.parametrize("planted", PLANTED)
def test_that_no_secret_is_told_wherever_it_came_from(planted: str) -> None:
    returned = ChunkReturned(1.0, 0, 0, 1, 0, planted, None, None)
    ended = PullEnded(1.5, PullState.FAILED, planted)
    text = diagnostics(snapshot(planted, planted), [returned, ended])
    encoded = base64.urlsafe_b64encode(SECRET.encode()).decode()
    for secret in (SECRET, BASIC, encoded, "Signature"):
        assert secret not in text


@pytest.mark.parametrize("length", [350, 380, 395])
def test_that_a_secret_at_the_cut_is_gone(length: int) -> None:
    text = diagnostics(snapshot(f"{'x' * length} https://me:{SECRET}@registry.test/"), [])
    assert SECRET[:5] not in text


def test_that_what_is_no_secret_stays() -> None:
    text = "GET https://registry.test:5000/v2/team/app/blobs/sha256:abc: HTTP 403; log in"
    assert without_secrets(text) == text
    assert without_secrets("alpine@sha256:abc") == "alpine@sha256:abc"
    assert without_secrets("localhost:5000/a@sha256:abc") == "localhost:5000/a@sha256:abc"


def test_that_the_newest_events_are_told_without_samples() -> None:
    events = [PullEnded(float(n), PullState.FAILED, "") for n in range(100)]
    samples = [Sampled(float(n), 0, 0, 0, 0, 0) for n in range(100, 200)]
    text = diagnostics(snapshot("x"), [*events, *samples])
    assert f"last {MOST_EVENTS} events:" in text
    assert "99.000 PullEnded" in text
    assert "Sampled" not in text


@given(st.text(max_size=200))
def test_that_any_text_is_taken(text: str) -> None:
    assert isinstance(without_secrets(text), str)
