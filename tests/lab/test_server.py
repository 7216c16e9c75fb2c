import asyncio
import json
import logging
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from pullscope.lab.config import (
    Auth,
    AuthScheme,
    FaultPlan,
    Layout,
    Shaping,
    SyntheticImage,
)

from .conftest import IMAGE, RunningLab, StartLab

DIGEST_OF_NOTHING = "sha256:" + "0" * 64


async def test_that_the_lab_says_where_it_is_and_what_it_serves(start_lab: StartLab) -> None:
    lab = await start_lab()

    assert lab.addresses.references == (f"{lab.addresses.host}/demo/app:1",)
    assert lab.addresses.cdn_host is None
    assert (await lab.client.get("/v2/")).status_code == 200


async def test_that_a_manifest_is_served_by_tag_and_by_digest(start_lab: StartLab) -> None:
    lab = await start_lab()
    by_tag = await lab.client.get("/v2/demo/app/manifests/1")
    digest = by_tag.headers["Docker-Content-Digest"]
    by_digest = await lab.client.get(f"/v2/demo/app/manifests/{digest}")
    head = await lab.client.head("/v2/demo/app/manifests/1")

    assert by_tag.headers["Content-Type"] == by_tag.json()["mediaType"]
    assert by_digest.content == by_tag.content
    assert head.headers["Docker-Content-Digest"] == digest
    assert int(head.headers["Content-Length"]) == len(by_tag.content)
    assert head.content == b""


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v2/demo/app/manifests/2", 404, "MANIFEST_UNKNOWN"),
        (f"/v2/demo/app/manifests/{DIGEST_OF_NOTHING}", 404, "MANIFEST_UNKNOWN"),
        ("/v2/demo/app/manifests/sha256:0", 400, "DIGEST_INVALID"),
        (f"/v2/demo/app/blobs/{DIGEST_OF_NOTHING}", 404, "BLOB_UNKNOWN"),
        ("/v2/demo/app/blobs/sha256:..%2F..%2Fetc", 400, "DIGEST_INVALID"),
        ("/v2/other/manifests/1", 404, "NAME_UNKNOWN"),
        ("/v2/other/tags/list", 404, "NAME_UNKNOWN"),
        ("/v2/_catalog?n=x", 400, "PAGINATION_NUMBER_INVALID"),
        ("/elsewhere", 404, "NOT_FOUND"),
        ("/token", 404, "UNSUPPORTED"),
    ],
)
async def test_that_errors_come_in_the_form_of_the_specification(
    start_lab: StartLab, path: str, status: int, code: str
) -> None:
    lab = await start_lab()
    response = await lab.client.get(path)

    assert response.status_code == status
    assert [error["code"] for error in response.json()["errors"]] == [code]


async def test_that_pushing_is_refused(start_lab: StartLab) -> None:
    lab = await start_lab()

    assert (await lab.client.post("/v2/demo/app/blobs/uploads/")).status_code == 405
    assert (await lab.client.put("/v2/demo/app/manifests/2")).status_code == 405


async def test_that_lists_come_in_pages(start_lab: StartLab) -> None:
    images = tuple(SyntheticImage("demo", tag, (100,)) for tag in ("c", "a", "b"))
    lab = await start_lab(images=(*images, SyntheticImage("app", "1", (100,))))
    pages, path = [], "/v2/demo/tags/list?n=2"
    while path:
        response = await lab.client.get(path)
        pages.append(response.json()["tags"])
        path = response.links.get("next", {}).get("url", "")

    assert pages == [["a", "b"], ["c"]]
    assert (await lab.client.get("/v2/demo/tags/list")).json()["tags"] == ["a", "b", "c"]
    assert (await lab.client.get("/v2/demo/tags/list?n=0")).json()["tags"] == []
    assert (await lab.client.get("/v2/_catalog")).json() == {"repositories": ["app", "demo"]}
    catalog = await lab.client.get("/v2/_catalog?n=1")
    assert catalog.links["next"]["url"] == "/v2/_catalog?n=1&last=app"


async def test_that_a_blob_is_served_whole_in_ranges_and_by_head(start_lab: StartLab) -> None:
    lab = await start_lab()
    path, content = lab.blob()
    whole = await lab.client.get(path)
    part = await lab.client.get(path, headers={"Range": "bytes=500-262999"})
    tail = await lab.client.get(path, headers={"Range": "bytes=-100"})
    head = await lab.client.head(path, headers={"Range": "bytes=0-1"})

    assert (whole.status_code, whole.content) == (200, content)
    assert (part.status_code, part.content) == (206, content[500:263_000])
    assert part.headers["Content-Range"] == "bytes 500-262999/300000"
    assert (tail.status_code, tail.content) == (206, content[-100:])
    assert (head.status_code, head.headers["Content-Length"]) == (200, "300000")


async def test_that_several_ranges_get_the_whole_and_outside_gets_416(
    start_lab: StartLab,
) -> None:
    lab = await start_lab()
    path, content = lab.blob()
    several = await lab.client.get(path, headers={"Range": "bytes=0-1,5-6"})
    outside = await lab.client.get(path, headers={"Range": "bytes=300000-"})

    assert (several.status_code, several.content) == (200, content)
    assert (outside.status_code, outside.headers["Content-Range"]) == (416, "bytes */300000")


async def test_that_a_layout_is_served_from_disk(start_lab: StartLab, tmp_path: Path) -> None:
    source = await start_lab()
    directory = tmp_path / "layout"
    (directory / "blobs" / "sha256").mkdir(parents=True)
    manifest = await source.client.get("/v2/demo/app/manifests/1")
    entry = {
        "mediaType": manifest.headers["Content-Type"],
        "digest": manifest.headers["Docker-Content-Digest"],
        "size": len(manifest.content),
    }
    (directory / "index.json").write_text(json.dumps({"manifests": [entry]}))
    described = [manifest.json()["config"], *manifest.json()["layers"]]
    blobs = [await source.client.get(f"/v2/demo/app/blobs/{d['digest']}") for d in described]
    for descriptor, response in zip([entry, *described], [manifest, *blobs], strict=True):
        name = descriptor["digest"].removeprefix("sha256:")
        (directory / "blobs" / "sha256" / name).write_bytes(response.content)

    lab = await start_lab(images=(), layouts=(Layout("from/disk", directory),))
    path, content = source.blob()
    path = path.replace("demo/app", "from/disk")
    part = await lab.client.get(path, headers={"Range": "bytes=1000-1999"})

    assert (await lab.client.get("/v2/from/disk/manifests/latest")).content == manifest.content
    assert (await lab.client.get(path)).content == content
    assert (part.status_code, part.content) == (206, content[1000:2000])

    (directory / "blobs" / "sha256" / described[1]["digest"][7:]).write_bytes(b"shrunk")
    with pytest.raises(httpx.RemoteProtocolError):
        await lab.client.get(path)
    (directory / "blobs" / "sha256" / described[1]["digest"][7:]).unlink()
    assert (await lab.client.get(path)).status_code == 404


# Redirects.


async def test_that_blobs_are_redirected_to_the_second_origin(start_lab: StartLab) -> None:
    lab = await start_lab(redirect_lifetime=60.0)
    path, content = lab.blob()
    redirect = await lab.client.get(path)
    location = httpx.URL(redirect.headers["Location"])
    part = await lab.client.get(location, headers={"Range": "bytes=1-2"})

    assert redirect.status_code == 307
    assert f"{location.host}:{location.port}" == lab.addresses.cdn_host
    assert (await lab.client.get(location)).content == content
    assert (part.status_code, part.content) == (206, content[1:3])
    assert (await lab.client.head(path)).status_code == 200
    assert (await lab.client.head(location)).status_code == 403


async def test_that_a_link_is_refused_when_expired_or_changed(start_lab: StartLab) -> None:
    lab = await start_lab(redirect_lifetime=0.05)
    path, _ = lab.blob()
    location = httpx.URL((await lab.client.get(path)).headers["Location"])
    changed = location.copy_set_param("expires", "99999999999")
    await asyncio.sleep(0.06)

    for link in (location, changed, location.copy_with(query=None)):
        assert (await lab.client.get(link)).status_code == 403


async def test_that_a_leaked_authorization_is_refused_and_counted(start_lab: StartLab) -> None:
    lab = await start_lab(redirect_lifetime=60.0)
    path, _ = lab.blob()
    location = (await lab.client.get(path)).headers["Location"]
    leak = await lab.client.get(location, headers={"Authorization": "Bearer secret"})

    assert leak.status_code == 400
    assert (await lab.statistics()).cdn_authorizations == 1


async def test_that_a_redirect_may_expire_by_fault(start_lab: StartLab) -> None:
    lab = await start_lab(
        redirect_lifetime=60.0, faults=FaultPlan.of("expired-redirect=1", limit=1)
    )
    path, content = lab.blob()
    location = (await lab.client.get(path)).headers["Location"]

    assert (await lab.client.get(location)).status_code == 403
    assert (await lab.client.get(location)).content == content


# Auth.


async def test_that_basic_auth_lets_only_its_user_in(start_lab: StartLab) -> None:
    lab = await start_lab(auth=Auth(AuthScheme.BASIC, "me", "secret"))
    refused = await lab.client.get("/v2/")

    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="lab"')
    assert (await lab.client.get("/v2/", auth=("me", "wrong"))).status_code == 401
    assert (await lab.client.get("/v2/", auth=("me", "secret"))).status_code == 200


async def token_for(lab: RunningLab, scope: str, **kwargs: str) -> str:
    response = await lab.client.get("/token", params={"scope": scope, "service": "lab", **kwargs})
    return str(response.json()["token"])


async def test_that_bearer_auth_names_the_scope_and_takes_its_token(start_lab: StartLab) -> None:
    lab = await start_lab(auth=Auth(AuthScheme.BEARER))
    path, content = lab.blob()
    refused = await lab.client.get(path)
    token = await token_for(lab, "repository:demo/app:pull")
    other = await token_for(lab, "repository:other:pull")

    assert refused.status_code == 401
    assert refused.json()["errors"][0]["code"] == "UNAUTHORIZED"
    assert refused.headers["WWW-Authenticate"] == (
        f'Bearer realm="http://{lab.addresses.host}/token",service="lab",'
        'scope="repository:demo/app:pull"'
    )
    accepted = await lab.client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert accepted.content == content
    narrow = await lab.client.get(path, headers={"Authorization": f"Bearer {other}"})
    assert narrow.status_code == 401
    assert 'error="insufficient_scope"' in narrow.headers["WWW-Authenticate"]


async def test_that_a_token_expires_and_can_be_renewed(start_lab: StartLab) -> None:
    lab = await start_lab(auth=Auth(AuthScheme.BEARER, token_lifetime=0.05))
    token = await token_for(lab, "repository:demo/app:pull")
    await asyncio.sleep(0.06)
    path = "/v2/demo/app/manifests/1"
    expired = await lab.client.get(path, headers={"Authorization": f"Bearer {token}"})
    token = await token_for(lab, "repository:demo/app:pull")
    renewed = await lab.client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert expired.status_code == 401
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]
    assert renewed.status_code == 200


async def test_that_tokens_need_the_credentials_of_the_user(start_lab: StartLab) -> None:
    lab = await start_lab(auth=Auth(AuthScheme.BEARER, "me", "secret"))
    scope = {"scope": "repository:demo/app:pull"}
    granted = await lab.client.get("/token", params=scope, auth=("me", "secret"))

    assert (await lab.client.get("/token", params=scope)).status_code == 401
    assert (await lab.client.get("/token", params=scope, auth=("me", "x"))).status_code == 401
    assert granted.json()["expires_in"] == 300
    assert "refresh_token" not in granted.json()


async def test_that_a_password_or_a_refresh_token_is_posted_for_a_token(
    start_lab: StartLab,
) -> None:
    lab = await start_lab(auth=Auth(AuthScheme.BEARER, "me", "secret"))
    scope = {"scope": "repository:demo/app:pull", "service": "lab"}
    password = {"grant_type": "password", "username": "me", "password": "secret"}
    first = await lab.client.post("/token", data=scope | password)
    refresh = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
    second = await lab.client.post("/token", data=scope | refresh)
    manifest = await lab.client.get(
        "/v2/demo/app/manifests/1",
        headers={"Authorization": f"Bearer {second.json()['access_token']}"},
    )

    assert manifest.status_code == 200
    for data in ({**password, "password": "x"}, {**refresh, "refresh_token": "x"}):
        assert (await lab.client.post("/token", data=data)).status_code == 401
    assert (await lab.client.post("/token", data={"grant_type": "x"})).status_code == 400


# Faults.


@pytest.mark.parametrize("fault", ["reset", "short-body"])
async def test_that_a_body_that_breaks_off_fails_at_the_client(
    start_lab: StartLab, fault: str
) -> None:
    lab = await start_lab(faults=FaultPlan.of(f"{fault}=1", limit=1))
    path, content = lab.blob()
    error = httpx.ReadError if fault == "reset" else httpx.RemoteProtocolError

    with pytest.raises(error):
        await lab.client.get(path)
    assert (await lab.client.get(path)).content == content
    assert (await lab.statistics()).faults == {fault: 1}


async def test_that_a_stalled_body_keeps_its_connection_open(start_lab: StartLab) -> None:
    lab = await start_lab(faults=FaultPlan.of("stall=1", limit=1))
    path, content = lab.blob()
    received = bytearray()

    async def receive() -> None:
        async with lab.client.stream("GET", path) as response:
            async for data in response.aiter_raw():
                received.extend(data)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(receive(), 0.2)
    assert 0 < len(received) < len(content)
    assert content.startswith(received)
    await lab.wait_for_bodies(0)


async def test_that_a_wrong_byte_is_one_byte(start_lab: StartLab) -> None:
    lab = await start_lab(faults=FaultPlan.of("wrong-bytes=1", limit=1))
    path, content = lab.blob()
    damaged = (await lab.client.get(path)).content

    assert sum(a != b for a, b in zip(damaged, content, strict=True)) == 1
    assert (await lab.client.get(path)).content == content


@pytest.mark.parametrize(
    ("fault", "status", "content_range"),
    [
        ("429", 429, None),
        ("500", 500, None),
        ("503", 503, None),
        ("range-400", 400, None),
        ("range-refused", 416, "bytes */300000"),
        ("range-ignored", 200, None),
        ("no-content-range", 206, None),
        ("wrong-content-range", 206, "bytes 1-10/300000"),
    ],
)
async def test_that_faults_show_in_the_reply_to_a_range(
    start_lab: StartLab, fault: str, status: int, content_range: str | None
) -> None:
    lab = await start_lab(faults=FaultPlan.of(f"{fault}=1"))
    path, _ = lab.blob()
    response = await lab.client.get(path, headers={"Range": "bytes=0-9"})

    assert response.status_code == status
    assert response.headers.get("Content-Range") == content_range
    assert response.headers.get("Retry-After") == ("1" if fault in {"429", "503"} else None)


async def test_that_faults_may_hit_manifests(start_lab: StartLab) -> None:
    lab = await start_lab(faults=FaultPlan.of("503=1@manifests"))
    path, content = lab.blob()

    assert (await lab.client.get("/v2/demo/app/manifests/1")).status_code == 503
    assert (await lab.client.head("/v2/demo/app/manifests/1")).status_code == 200
    assert (await lab.client.get(path)).content == content


# Shaping, statistics, and the rest.


async def test_that_a_rate_holds_a_body_back_but_not_a_head(start_lab: StartLab) -> None:
    lab = await start_lab(shaping=Shaping(rate_per_connection=1000, rate_total=2000))
    path, content = lab.blob(index=2)
    large, _ = lab.blob()
    loop = asyncio.get_running_loop()
    began = loop.time()

    assert (await lab.client.head(large)).status_code == 200
    assert (await lab.client.get(path)).content == content
    assert loop.time() - began >= 0.09


async def test_that_shaping_and_faults_are_replaced_while_it_runs(start_lab: StartLab) -> None:
    lab = await start_lab(shaping=Shaping(rate_per_connection=10))
    path, content = lab.blob()
    slow = asyncio.create_task(lab.client.get(path))
    await lab.wait_for_bodies(1)
    reply = await lab.client.post(
        "/lab/shaping",
        json={"shaping": {"latency": 0.001}, "faults": {"faults": ["429=1"], "limit": 1}},
    )

    assert reply.status_code == 204
    assert (await slow).content == content
    assert (await lab.client.get(path)).status_code == 429
    assert (await lab.client.get(path)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"shaping": {"rate_total": 0}}',
        '{"shaping": {"speed": 1}}',
        '{"faults": {"faults": ["x=1"]}}',
        '{"faults": {"faults": ["expired-redirect=1"]}}',
    ],
)
async def test_that_a_shaping_that_makes_no_sense_is_refused(
    start_lab: StartLab, body: str
) -> None:
    lab = await start_lab()

    assert (await lab.client.post("/lab/shaping", content=body)).status_code == 400


async def test_that_the_statistics_count_what_was_asked_and_sent(start_lab: StartLab) -> None:
    lab = await start_lab()
    path, _ = lab.blob()
    await lab.client.get("/v2/demo/app/manifests/1")
    await lab.client.head("/v2/demo/app/manifests/1")
    await lab.client.get(path)
    await lab.client.get(path, headers={"Range": "bytes=0-99"})
    await lab.client.get("/v2/other/manifests/1")
    statistics = await lab.statistics()

    assert statistics.requests == {"manifest": 3, "blob": 2}
    assert statistics.head_requests == {"manifest": 1}
    assert statistics.statuses == {200: 3, 206: 1, 404: 1}
    assert statistics.blob_bytes_sent == 300_100
    assert statistics.range_requests == 1
    assert statistics.connections == 1
    assert statistics.bodies_peak == 1


async def test_that_a_client_that_hangs_up_leaves_nothing_behind(
    start_lab: StartLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await start_lab(images=(SyntheticImage("demo/app", "1", (50_000_000,)),))
    path, _ = lab.blob()
    with caplog.at_level(logging.INFO):
        async with lab.client.stream("GET", path) as response:
            await anext(response.aiter_raw())
        await lab.wait_for_bodies(0)

    assert [record for record in caplog.records if record.name.startswith("a")] == []
    assert (await lab.statistics()).blob_bytes_sent < 50_000_000


async def test_that_it_serves_https(start_lab: StartLab, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    lab = await start_lab(
        verify=context,
        tls_certificate=tmp_path / "cert.pem",
        tls_key=tmp_path / "key.pem",
        redirect_lifetime=60.0,
    )
    path, content = lab.blob()
    response = await lab.client.get(path, follow_redirects=True)

    assert response.content == content
    assert response.url.scheme == "https"
    assert f"{response.url.host}:{response.url.port}" == lab.addresses.cdn_host


async def test_that_ending_the_lab_ends_bodies_under_way(start_lab: StartLab) -> None:
    lab = await start_lab(images=(IMAGE,), shaping=Shaping(rate_per_connection=10))
    path, _ = lab.blob()
    body = asyncio.create_task(lab.client.get(path))
    await lab.wait_for_bodies(1)
    await lab.lab.stop()

    with pytest.raises(httpx.RemoteProtocolError):
        await body


async def test_that_a_quota_counts_gets_of_manifests_and_refuses_what_is_beyond(
    start_lab: StartLab,
) -> None:
    lab = await start_lab(quota=2)
    path = "/v2/demo/app/manifests/1"

    replies = [await lab.client.head(path)]
    replies += [await lab.client.get(path) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    left = [reply.headers["ratelimit-remaining"] for reply in replies]
    assert left == ["2;w=21600", "1;w=21600", "0;w=21600", "0;w=21600"]
    assert {reply.headers["ratelimit-limit"] for reply in replies} == {"2;w=21600"}
    assert replies[-1].json()["errors"][0]["code"] == "TOOMANYREQUESTS"


async def test_that_requests_for_blobs_beyond_the_rate_are_refused_with_the_time_to_wait(
    start_lab: StartLab,
) -> None:
    lab = await start_lab(shaping=Shaping(requests_per_second=0.01, request_burst=2))
    path, content = lab.blob(2)

    replies = [await lab.client.head(path)]
    replies += [await lab.client.get(path) for _ in range(3)]
    manifest = await lab.client.get("/v2/demo/app/manifests/1")

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[1].content == content
    assert 90 <= int(replies[-1].headers["Retry-After"]) <= 100
    assert manifest.status_code == 200


async def test_that_a_lab_without_a_quota_tells_none(start_lab: StartLab) -> None:
    lab = await start_lab()

    assert "ratelimit-limit" not in (await lab.client.get("/v2/demo/app/manifests/1")).headers
