"""No secret is told to anyone, and each is sent to the one host that it is for.

The hosts here say back whatever is sent to them, and everything that Pullscope takes a secret from
holds one of its own: wherever a part of one turns up afterwards, it has leaked.
"""

import asyncio
import base64
import gc
import hashlib
import json
import os
import re
import secrets
import socket
import ssl
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import pytest
import trustme
from pyarrow import parquet

from pullscope.engine.credentials import find_credential
from pullscope.engine.errors import InvalidReference, PullError
from pullscope.engine.hosts import Places, find_hosts
from pullscope.engine.model import KIB, Settings
from pullscope.engine.reference import parse_reference
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, FaultPlan, SyntheticImage
from pullscope.main import main
from pullscope.session import PullOptions, Session
from pullscope.trace.explain import explain, explanation_lines
from pullscope.trace.export import FORMATS, export_trace
from pullscope.trace.file import read_trace
from pullscope.tuning.profiles import SettingsFile, default_path

AUTHORITY = trustme.CA()
OWN = AUTHORITY.issue_cert("client.test")
KEY = OWN.private_key_pem.bytes().decode()
BETWEEN = {  # characters that JSON, URLs and TOML each write in their own way
    **dict.fromkeys(("password", "identity", "proxy", "netrc", "noise"), 'ü"/\\%+&@: ?'),
    **dict.fromkeys(("header", "authorization", "cookie"), '"\\/%=~'),
    **dict.fromkeys(("bearer", "refresh"), "-._~+/="),
    "url": "",
}
PARTS = {name: (secrets.token_hex(5), secrets.token_hex(5)) for name in BETWEEN}
S = {name: between.join(PARTS[name]) for name, between in BETWEEN.items()} | {"key": KEY}
PARTS["key"] = (KEY.splitlines()[1][12:44], KEY.splitlines()[1][20:52])
BASIC = "Basic " + base64.b64encode(f"ann:{S['password']}".encode()).decode()
LOGIN = {"auth": BASIC.removeprefix("Basic ")}


def forms_of(part: str) -> Iterator[bytes]:
    """Yield what letters and digits become in base64, wherever they begin, and the like."""
    yield from (part.encode(), part.encode().hex().encode())
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + part.encode())
        yield encoded[(0, 2, 3)[before] : (before + len(part)) // 3 * 4]


FORMS = {name: [f for part in parts for f in forms_of(part)] for name, parts in PARTS.items()}


def leaked(told: bytes | str) -> set[str]:
    """Return the names of the secrets that a text tells."""
    text = told if isinstance(told, bytes) else told.encode(errors="backslashreplace")
    return {name for name, forms in FORMS.items() if any(form in text for form in forms)}


@pytest.mark.parametrize("name", [name for name in S if name != "key"])
def test_that_a_secret_is_found_in_every_form(name: str) -> None:
    text = S[name]
    for form in (text, quote(text), quote_plus(text), json.dumps(text), repr(text), text[:12]):
        assert leaked(f"it is {form}.") == {name}
    for before in ("", "a", "ab"):
        raw = f"{before}{text}:".encode()
        for encoded in (base64.b64encode(raw), base64.urlsafe_b64encode(raw), raw.hex()):
            assert leaked(encoded) == {name}


def digest_of(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def descriptor(body: bytes, kind: str) -> dict[str, Any]:
    return {"mediaType": OCI + kind, "digest": digest_of(body), "size": len(body)}


OCI = "application/vnd.oci.image."
CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
LAYERS = [secrets.token_bytes(100 * KIB), secrets.token_bytes(3 * KIB)]
SETTINGS = Settings(layers=2, parallelism=2, connections=4, chunk_size=64 * KIB)
BLOBS = {digest_of(body): body for body in (CONFIG, *LAYERS)}
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": f"{OCI}manifest.v1+json",
        "config": descriptor(CONFIG, "config.v1+json"),
        "layers": [descriptor(layer, "layer.v1.tar") for layer in LAYERS],
    }
).encode()
Reply = tuple[int, dict[str, str], bytes]
SENT_MANIFEST: Reply = (200, {"Content-Type": f"{OCI}manifest.v1+json"}, MANIFEST)


class World:
    """A registry, its token service, blob store and mirror, a proxy, and a home with secrets.

    Attributes:
        fault: what goes wrong, or otherwise than usual, by its name in `FAULTS`; where it has
            none there, the mirror has nothing.
        proxied: whether the hosts have names that only the proxy knows.
        other: another registry to pull from.
        seen: hosts, and the requests that came to them.
        certificates: requests that came with a client certificate.
        tokens: how many were given, each of them with its number at its end.
        defects: errors in the hosts themselves.
    """

    def __init__(self, home: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.home, self.hosts_dir, self.caplog = home, home / "certs.d", caplog
        self.fault, self.other, self.proxied = "", "", False
        self.seen: list[tuple[str, bytes]] = []
        self.certificates = self.tokens = 0
        self.defects: list[BaseException | None] = []
        self.planted: dict[Path, bytes] = {}
        names = ("registry", "tokens", "blobs", "mirror", "proxy")
        self.servers = {name: Server(self, name) for name in names}

    def host(self, name: str = "registry") -> str:
        if self.other:
            return self.other
        port = self.servers[name].server_address[1]
        return f"{name}.example" if self.proxied and name != "proxy" else f"127.0.0.1:{port}"

    def url(self, name: str) -> str:
        tls = name in ("blobs", "mirror") and not self.proxied
        return f"{'https' if tls else 'http'}://{self.host(name)}"

    @property
    def reference(self) -> str:
        return f"{self.host()}/demo/app:1"

    def places(self) -> dict[str, set[str]]:
        """Return the hosts that each secret reached; those that reached none are left out."""
        found: dict[str, set[str]] = {}
        for host, request in self.seen:
            for name in leaked(request):
                found.setdefault(name, set()).add(host)
        return found

    # What the hosts answer

    def answer(self, name: str, request: "Request", body: bytes) -> Reply:
        address = urlsplit(request.path)
        name = (address.hostname or name).removesuffix(".example")
        fields = request.headers.items()
        passed = [field for field in fields if field[0] == "Proxy-Authorization"]
        own = [] if name == "proxy" else [field for field in fields if field not in passed]
        line = (request.command, request.path)
        self.seen += [("proxy", repr(passed).encode()), (name, repr((line, own)).encode() + body)]
        if name == "mirror" and isinstance(request.connection, ssl.SSLSocket):
            self.certificates += request.connection.getpeercert() is not None
        reply: Reply = getattr(self, f"_{name}")(request, address.path, body)
        # Refusals say back all that was sent.
        return reply if reply[2] else (*reply[:2], json.dumps([line, *fields]).encode() + body)

    def _proxy(self, *_: object) -> Reply:
        return 407, {}, b""

    def _registry(self, request: "Request", path: str, _: bytes) -> Reply:
        basic, sent = self.fault == "basic", request.headers.get("Authorization", "")
        number = sent.removeprefix(f"Bearer {S['bearer']}")
        known = number.isdigit() and int(number) > (self.fault == "renewed" and "/blobs/" in path)
        if not (sent == BASIC if basic else known) or self.fault == "401":
            user = f"b:{S['url']}@" if self.fault == "realm" else ""
            realm = f"{self.url('tokens')}/token?key={S['url']}".replace("://", f"://{user}")
            challenge = "Basic" if basic else f'Bearer realm="{realm}",service="x"'
            odd = f"Odd {S['url']}"
            return 401, {"WWW-Authenticate": odd if self.fault == "odd" else challenge}, b""
        if "/manifests/" in path:
            return (int(self.fault), {}, b"") if self.fault in ("404", "500") else SENT_MANIFEST
        signed = f"{path}?X-Amz-Credential=x&X-Amz-Signature={S['url']}"
        location = {
            "refused": f"http://127.0.0.1:1{signed}",
            "nowhere": f"http://b:{S['url']}@[::1{signed}",
            "port": f"http://b:{S['url']}/@127.0.0.1{signed}",
            "user": f"{self.url('blobs')}{signed}".replace("://", f"://b:{S['url']}@"),
        }
        return 307, {"Location": location.get(self.fault, self.url("blobs") + signed)}, b""

    def _tokens(self, request: "Request", _: str, body: bytes) -> Reply:
        refresh = parse_qs(body.decode()).get("refresh_token")
        if request.headers.get("Authorization") != BASIC and refresh != [S["identity"]]:
            return 401, {}, b""
        self.tokens += 1
        token = f"{S['bearer']}{self.tokens}" + "\n" * (self.fault == "token-odd")
        reply = {"token": token, "refresh_token": S["refresh"], "expires_in": 300}
        text = repr(reply) if self.fault == "token-text" else json.dumps(reply)
        return 500 if self.fault == "token-500" else 200, {}, text.encode()

    def _blobs(self, request: "Request", path: str, _: bytes) -> Reply:
        if path.endswith(digest_of(CONFIG)):
            return 200, {}, CONFIG
        if self.fault == "403":
            return 403, {}, b""
        if self.fault == "loop":
            return 302, {"Location": request.path}, b""
        content = BLOBS[path.rpartition("/")[2]]
        sent = bytes(len(content)) if self.fault == "mismatch" else content
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if asked is None:
            return 200, {}, sent
        first, last = int(asked[1]), min(int(asked[2] or len(sent)), len(sent) - 1)
        return 206, {"Content-Range": f"bytes {first}-{last}/{len(sent)}"}, sent[first : last + 1]

    def _mirror(self, _: "Request", path: str, __: bytes) -> Reply:
        signed = f"{path}?X-Amz-Signature={S['url']}"
        if path.endswith(digest_of(CONFIG)):
            elsewhere = {"Location": self.url("blobs") + signed}
            return (200, {}, CONFIG) if self.fault else (307, elsewhere, b"")
        if "/manifests/" in path and self.fault in ("", "downgrade"):
            return SENT_MANIFEST
        down = {"Location": self.url("registry") + signed}
        return (307, down, b"") if self.fault == "downgrade" else (404, {}, b"")

    # Where the secrets lie, and what is written

    def write(self, path: Path, text: str, mode: int = 0o600) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, errors="surrogateescape")
        path.chmod(mode)
        self.planted[path] = path.read_bytes()
        return path

    def write_hosts(self, text: str = "", key: str = "own.key") -> Path:
        """Write a hosts.toml; unless told otherwise, the one that names the mirror."""
        url = self.url("mirror")
        client = json.dumps([[str(self.home / "own.cert"), str(self.home / key)]])
        known = f'[host."{url}"]\nclient = {client}\nca = "{self.home / "ca.pem"}"\n'
        known += f'[host."{url}".header]\nX-Key = {json.dumps(S["header"])}\n'
        known += f"Authorization = {json.dumps(S['authorization'])}\n"
        return self.write(self.hosts_dir / self.host() / "hosts.toml", text or known)

    def log_in(self, kind: str) -> None:
        host, identity = self.host(), {"Username": "<token>", "Secret": S["identity"]}
        if kind == "podman":
            path = Path(os.environ["XDG_RUNTIME_DIR"]) / "containers" / "auth.json"
            self.write(path, json.dumps({"auths": {f"{host}/demo": LOGIN}}))
            return
        if kind in ("helper", "store"):
            login = {"ServerURL": host, "Username": "ann", "Secret": S["password"]}
            self.install_helper(json.dumps(login if kind == "helper" else identity))
        config: dict[str, Any] = {
            "helper": {"credHelpers": {host: "lab"}},
            "store": {"credsStore": "lab"},
            "identity": {"auths": {host: {"auth": "YTo=", "identitytoken": S["identity"]}}},
        }
        usual = {"auths": {f"https://{host}/v1/": LOGIN}}
        path = self.home / ".docker" / "config.json"
        self.write(path, json.dumps(config.get(kind, usual)))

    def install_helper(self, answer: str, status: int = 0) -> None:
        """Put a helper on PATH that answers so, and tells a secret on stderr in any case."""
        path = self.home / "bin" / "docker-credential-lab"
        noise = self.write(path.with_suffix(".noise"), S["noise"])
        answers = self.write(path.with_suffix(".answer"), answer)
        self.write(path, f"#!/bin/sh\ncat {noise} >&2\ncat {answers}\nexit {status}\n", mode=0o700)

    def told(self) -> bytes:
        """Return all that was logged or written; what was there must be as it was."""
        text = self.caplog.text.encode()
        for path in sorted(path for path in self.home.rglob("*") if path.is_file()):
            if path in self.planted:
                assert path.read_bytes() == self.planted[path]
            else:
                text += f"\n{path}\n".encode() + path.read_bytes()
        return text


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.world, self.name = world, name
        if name in ("blobs", "mirror"):
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            AUTHORITY.issue_cert("127.0.0.1").configure_cert(tls)
            AUTHORITY.configure_trust(tls)
            tls.verify_mode = ssl.CERT_REQUIRED if name == "mirror" else ssl.CERT_NONE
            self.socket = tls.wrap_socket(self.socket, True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, *_: object) -> None:
        if not isinstance(sys.exception(), OSError):  # a client may hang up at any time
            self.world.defects.append(sys.exception())


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        world, name = self.server.world, self.server.name
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, fields, content = world.answer(name, self, body)
        self.send_response(status, self.headers.get("Authorization", "OK"))
        self.send_header("Set-Cookie", f"session={S['cookie']}; Path=/")
        for field in (*fields.items(), ("Content-Length", str(len(content)))):
            self.send_header(*field)
        self.end_headers()
        if self.command == "HEAD":
            return
        breaks = name == "blobs" and world.fault == "reset"
        self.wfile.write(content[: len(content) // 2] if breaks else content)
        if breaks:  # a close without lingering is a reset
            lingering = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
            self.close_connection = True

    do_HEAD = do_POST = do_CONNECT = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing: what this process says is searched."""


@pytest.fixture(scope="module", autouse=True)
def collection() -> Iterator[None]:
    yield
    gc.collect()  # here, where the sockets above are expected


@pytest.fixture
def world(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for module in ("pull", "probe", "registry"):
        monkeypatch.setattr(f"pullscope.engine.{module}.backoff", lambda *_: 0.001)
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 2)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "ca.pem"))
    caplog.set_level(1)
    world = World(home, caplog)
    world.write(home / "ca.pem", AUTHORITY.cert_pem.bytes().decode())
    world.write(home / "own.cert", OWN.cert_chain_pems[0].bytes().decode())
    world.write(home / "own.key", KEY)
    world.write(home / ".netrc", f"machine 127.0.0.1 login ann password {S['netrc']}\n")
    world.write_hosts()
    SettingsFile(default_path()).keep(world.host(), SETTINGS)
    yield world
    for server in world.servers.values():
        server.shutdown()
        server.server_close()
    assert world.defects == []


def texts_of(error: BaseException | None) -> str:
    """Return all that a traceback shows of an error, and the `repr` of each error in it."""
    told = "".join(traceback.format_exception(error)) if error else ""
    while error is not None:
        told += f"{error!r}\n"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


async def pulled(world: World, transport: str = TRANSPORTS[0], **changes: Any) -> tuple[str, bytes]:
    """Pull and probe in this process; return the pull's error and all that was told of both."""
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0.0  # so that debugging logs every step
    loop.set_debug(True)
    changes = {"output": world.home / "out", "attempts": 3, **changes}
    options = PullOptions(hosts_dir=world.hosts_dir, transport=transport, **changes)
    session, error, told, events = Session(), "", "", list[Any]()
    try:
        pull = session.new_pull(world.reference, options, SETTINGS)
        pull.observe(events.append)
        await pull.run()
    except Exception as failure:
        error, told = str(failure), texts_of(failure)
    try:
        told += repr(await session.probe(world.reference, options))
    except Exception as failure:
        told += texts_of(failure)
    told += repr((events, vars(session)))
    await session.close()
    loop.set_debug(False)
    for extension in FORMATS:
        export_trace(events, world.home / f"trace{extension}")
    # What is compressed would hide it.
    told += repr((read_trace(world.home / "trace.pullscope"),))
    told += repr(parquet.read_table(world.home / "trace.parquet").to_pylist())
    told += "\n".join(explanation_lines(explain(events)))
    assert "Executing <" in world.caplog.text
    return error, told.encode() + world.told()


KINDS = {
    "docker": {"password": {"tokens"}},
    "podman": {"password": {"tokens"}},
    "helper": {"password": {"tokens"}},
    "identity": {"identity": {"tokens"}},
    "store": {"identity": {"tokens"}},
}
MIRROR = {"header": {"mirror"}, "authorization": {"mirror"}}
REALM = {"url": {"tokens"}}
TOKEN = {**REALM, "bearer": {"registry"}}
SIGNED = {**TOKEN, "url": {"tokens", "blobs"}}
FAULTS: dict[str, tuple[str, dict[str, set[str]]]] = {
    "": ("", SIGNED),
    "basic": ("", {"password": {"registry"}, "url": {"blobs"}}),
    "renewed": ("", SIGNED),
    "user": ("", SIGNED),
    "downgrade": ("", SIGNED),
    "401": ("HTTP 401; asked before, 127", TOKEN),
    "403": ("HTTP 403 from 127", SIGNED),
    "404": ("HTTP 404, no such manifest", TOKEN),
    "500": ("HTTP 500", TOKEN),
    "reset": ("the connection broke", SIGNED),
    "mismatch": ("was to be sha256", SIGNED),
    "refused": ("cannot connect", TOKEN),
    "nowhere": ("redirected to something that is no web address", TOKEN),
    "port": ("redirected to something that is no web address", TOKEN),
    "loop": ("more than 8 redirects", SIGNED),
    "token-500": ("/token: HTTP 500", REALM),
    "token-text": ("did not answer with JSON", REALM),
    "token-odd": ("answered without a token", REALM),
    "realm": ("a token service that is no web address", {"password": set()}),
    "odd": ("HTTP 401 without a challenge", {"password": set()}),
}
IN_TRANSPORT = (
    "",
    "basic",
    "user",
    "403",
    "reset",
    "refused",
    "nowhere",
    "port",
    "loop",
    "downgrade",
)
"""Where the transports may differ: in links, and in what becomes of a connection."""
CASES = [
    *((kind, "", TRANSPORTS[n % 2]) for n, kind in enumerate(KINDS) if kind != "docker"),
    *(("docker", fault, transport) for fault in IN_TRANSPORT for transport in TRANSPORTS),
    *(("docker", fault, TRANSPORTS[0]) for fault in FAULTS if fault not in IN_TRANSPORT),
]


def uses_of(kind: str, fault: str) -> dict[str, set[str]]:
    """Return the hosts at which each secret is of use: it is sent to all of them and no other."""
    uses = {**MIRROR, **KINDS[kind], **FAULTS[fault][1]}
    return {name: hosts for name, hosts in uses.items() if hosts}


@pytest.mark.parametrize(("kind", "fault", "transport"), CASES)
async def test_that_a_pull_tells_no_secret_and_sends_each_to_its_own_host(
    world: World, kind: str, fault: str, transport: str
) -> None:
    world.log_in(kind)
    world.fault = fault
    error, told = await pulled(world, transport)
    assert leaked(told) == set()
    assert world.places() == uses_of(kind, fault)
    assert world.certificates
    assert (FAULTS[fault][0] in error) if FAULTS[fault][0] else not error


@pytest.mark.parametrize("kind", KINDS)
def test_that_what_holds_secrets_does_not_show_them(world: World, kind: str) -> None:
    world.log_in(kind)
    reference = parse_reference(world.reference)
    hosts = find_hosts(reference, Places(hosts=(world.hosts_dir,)))
    login = find_credential(reference)
    assert login is not None
    assert leaked(login.identity_token or login.basic) == KINDS[kind].keys()
    assert leaked(repr((hosts, login))) == set()
    assert leaked(str([host.headers for host in hosts])) == MIRROR.keys()


PROGRAM = """
import asyncio, json, logging, sys
from pullscope.engine import ranges
logging.basicConfig(level=1)
for name in ("httpx", "httpcore", "hpack", "h2", "asyncio", "pyreqwest", "reqwest", "hyper_util"):
    logging.getLogger(name).setLevel(1)
ranges.backoff = lambda *_: 0.001
new_loop = asyncio.events.new_event_loop
def new_slow_loop():
    loop = new_loop()
    loop.slow_callback_duration = 0.0
    return loop
asyncio.events.new_event_loop = new_slow_loop
from pullscope.main import main
print([main(words) for words in json.loads(sys.argv[1])])
"""


def run(world: World, *commands: list[str]) -> tuple[str, bytes]:
    """Run commands in a process with all logs on; return their statuses and all that was told."""
    paths = os.pathsep.join(filter(None, sys.path))
    more = {"PYTHONPATH": paths, "PYTHONASYNCIODEBUG": "1", "RUST_LOG": "trace"}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", PROGRAM, json.dumps(commands)],
        capture_output=True,
        check=False,
        env={**os.environ, **more},
    )
    told = done.stdout + done.stderr + world.told()
    return done.stdout.decode().rpartition("\n[")[2].strip(), told


@pytest.mark.parametrize(
    ("kind", "fault", "transport", "extension"),
    [
        ("helper", "", TRANSPORTS[0], ".jsonl"),
        ("podman", "", TRANSPORTS[1], ".csv"),
        ("docker", "403", TRANSPORTS[0], ".json"),
        ("docker", "401", TRANSPORTS[1], ".json"),
        ("docker", "reset", TRANSPORTS[1], ".csv"),
        ("docker", "token-text", TRANSPORTS[0], ".jsonl"),
    ],
)
def test_that_the_program_tells_no_secret_whatever_comes_of_its_pull(
    world: World, kind: str, fault: str, transport: str, extension: str
) -> None:
    world.log_in(kind)
    world.fault = fault
    asked = [world.reference, "--json", "--hosts-dir", str(world.hosts_dir)]
    trace = ["--transport", transport, "--trace", str(world.home / f"trace{extension}")]
    statuses, told = run(
        world, ["pull", *asked, *trace], ["probe", *asked], ["store", "ls", "--json"]
    )
    assert statuses == ("1, 1, 0]" if fault else "0, 0, 0]")
    files = ("settings.toml", trace[-1], *(() if fault else ("registries.json", "index.json")))
    assert all(sign.encode() in told for sign in ("Executing <", *files))
    assert leaked(told) == set()
    assert world.places() == uses_of(kind, fault)


# Proxies


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("plain_http", [True, False])
@pytest.mark.parametrize("alive", [True, False])
async def test_that_a_proxys_password_is_told_to_the_proxy_alone(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    alive: bool,
    plain_http: bool,
    transport: str,
) -> None:
    proxy = world.host("proxy") if alive else "127.0.0.1:1"
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://ann:{quote(S['proxy'], safe='')}@{proxy}")
    world.proxied, world.fault = True, "" if plain_http else "denied"
    world.log_in("docker")
    world.write_hosts()
    error, told = await pulled(world, transport, plain_http=plain_http)
    assert leaked(told) == set()
    assert bool(error) is not (alive and plain_http)
    uses = uses_of("docker", "") if plain_http else MIRROR
    assert world.places() == ({**uses, "proxy": {"proxy"}} if alive else {})


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("proxy", ["http://ann.invalid:{}/@127.0.0.1:1", "odd://ann:{}@127.0.0.1"])
def test_that_a_damaged_proxys_password_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch, proxy: str, transport: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.format(S["url"]))
    asked = ["pull", "registry.invalid/app", "--plain-http", "--transport", transport]
    told = run(world, asked)[1]
    assert leaked(told) == set()
    assert b"pullscope: error: " in told


# Damaged files, and what is typed


@pytest.mark.parametrize(
    "text",
    [
        '{"auths": {"HOST": {"auth": "LOGIN"}',
        '{"auths": {"HOST": {"auth": "LOGIN", "\udc80": 1}}}',
        '{"auths": {"HOST": {"auth": "?SECRET"}}}',
        '{"auths": {"HOST": {"auth": "////LOGIN"}}}',
        '{"credHelpers": {"HOST": "-/SECRET"}}',
    ],
)
async def test_that_a_damaged_login_is_skipped_and_not_told(world: World, text: str) -> None:
    planted = text.replace("HOST", world.host()).replace("SECRET", S["url"])
    path = world.home / ".docker" / "config.json"
    world.write(path, planted.replace("LOGIN", BASIC.removeprefix("Basic ")))
    world.fault = "denied"
    error, told = await pulled(world)
    assert leaked(told) == set()
    assert "answered HTTP 401" in error
    assert re.search("(skipped|ignored) ", world.caplog.text)
    assert world.places() == {**MIRROR, **REALM}


@pytest.mark.parametrize(("status", "answer"), [(1, "{}"), (0, "SECRET"), (0, '{"Username": ""}')])
async def test_that_what_a_failing_helper_says_is_not_told(
    world: World, status: int, answer: str
) -> None:
    world.log_in("helper")
    world.install_helper(answer.replace("SECRET", S["url"]), status)
    world.fault = "denied"
    error, told = await pulled(world)
    assert leaked(told) == set()
    assert "answered HTTP 401" in error
    assert world.places() == {**MIRROR, **REALM}


TABLE = '[host."http://ann:SECRET@mirror.test"]'


@pytest.mark.parametrize(
    "text",
    [
        'header = { X-Key = "SECRET',
        'header = "SECRET"',
        'header = { X-Key = "SECRET", X-Key = "x" }',
        'header = { X-Key = ["SECRET", 1] }',
        'header = { X-Key = "SECRETü" }',
        "[header]\nX-Key = SECRET",
        '[header]\n"Bearer SECRET" = "X-Key"',
        '[header]\n"Bearer SECRET" = 1',
        '[header]\nRange = "SECRET"',
        '[header]\nX-Key = "SECRET"\n\udc80',
        'server = "http://ann:SECRET@mirror.test"',
        TABLE,
        f"{TABLE}\n{TABLE}",
        'host = { "http://ann:SECRET@m.test" = 1, "http://ann:SECRET@m.test" = 2 }',
        'host = {}\n[host."http://ann:SECRET@m.test"]',
        'client = """KEY"""',
        'ca = """KEY"""',
    ],
)
def test_that_damaged_hosts_are_named_and_not_quoted(
    world: World, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = world.write_hosts(text.replace("SECRET", S["url"]).replace("KEY", KEY))
    assert main(["pull", world.reference, "--hosts-dir", str(world.hosts_dir)]) == 2
    told = "".join(capsys.readouterr())
    with pytest.raises(PullError) as raised:
        Session().new_pull(world.reference, PullOptions(hosts_dir=world.hosts_dir))
    assert leaked(told + texts_of(raised.value)) == set()
    assert str(path) in told


def test_that_a_damaged_registries_conf_is_named_and_not_quoted(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = f'[[registry.mirror]]\nlocation = "ann:{S["url"]}@mirror.test"\n'
    text = f'[[registry]]\nlocation = "{world.host()}"\n{mirror}'
    path = world.write(world.home / "registries.conf", text)
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(path))
    assert main(["pull", world.reference]) == 2
    told = "".join(capsys.readouterr())
    assert leaked(told) == set()
    assert str(path) in told


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_damaged_key_is_named_and_not_quoted(world: World, transport: str) -> None:
    path = world.write(world.home / "cut.key", KEY.replace(KEY.splitlines()[2], ""))
    world.write_hosts(key=path.name)
    error, told = await pulled(world, transport)
    assert leaked(told) == set()
    assert f"{path}: cannot be used for TLS" in error


@pytest.mark.parametrize("command", ["pull", "probe", "gui"])
@pytest.mark.parametrize(
    "before", ["ann:SECRET@", "docker://ann:SECRET@", "https://ann:SECRET@", "ann:SECRET://x@"]
)
@pytest.mark.parametrize("after", ["registry.test/demo/app:1", "alpine"])
def test_that_a_password_typed_before_a_reference_is_not_told(
    command: str, before: str, after: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = before.replace("SECRET", S["url"]) + after
    assert main([command, typed]) == 2
    told = "".join(capsys.readouterr())
    with pytest.raises(InvalidReference) as raised:
        Session().new_pull(typed)
    assert leaked(told + texts_of(raised.value)) == set()
    assert after in told


# Links that expire


@pytest.mark.parametrize("scheme", list(AuthScheme))
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_no_secret_is_told_while_links_expire(
    start_lab_process: Any,
    world: World,
    scheme: AuthScheme,
    transport: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = start_lab_process(
        images=(SyntheticImage("demo/app", "1", (512 * KIB, 3 * KIB)),),
        auth=Auth(scheme, "ann", S["password"]),
        redirect_lifetime=60.0,
        faults=FaultPlan.of("reset=0.2", "expired-redirect=0.2", "503=0.1", limit=9, retry_after=0),
    )
    world.other = lab.host
    world.log_in("docker")
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 10)
    assert (await pulled(world, transport, attempts=10))[0] == ""
    lab.reshape(faults=FaultPlan.of("expired-redirect=1"))
    error, told = await pulled(world, transport, output=world.home / "failing")
    assert "HTTP 403" in error
    assert leaked(told) == set()
    for sign in (b"sig=", b"signature=", b"Bearer ", b"Basic ", b"eyJleHBpcmVz"):
        assert sign not in told
    statistics = lab.statistics()
    assert statistics.requests["cdn"]
    assert statistics.cdn_authorizations == 0
    assert not world.seen
