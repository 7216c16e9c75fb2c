import base64
import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.credentials import Credential, find_credential, known_logins
from pullscope.engine.reference import parse_reference

GHCR = parse_reference("ghcr.io/team/group/app:1")
HUB = parse_reference("alpine")
LOCAL = parse_reference("localhost:5000/app")
ALICE = Credential("alice", "s3cret")


def login(username: str = "alice", password: str = "s3cret") -> dict[str, Any]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return path


@pytest.fixture
def docker_config(home: Path) -> Path:
    """Docker's file in an otherwise empty home."""
    return home / ".docker" / "config.json"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on PATH."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
    return directory


def add_helper(programs: Path, name: str, script: str) -> Path:
    """Put a credential helper on PATH that notes each key it is asked for."""
    helper = programs / f"docker-credential-{name}"
    asked = programs / f"{name}.asked"
    helper.write_text(f'#!/bin/sh\nread -r key\necho "$1 $key" >> "{asked}"\n{script}\n')
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    return asked


def answering(username: str, secret: str) -> str:
    answer = json.dumps({"ServerURL": "x", "Username": username, "Secret": secret})
    return f"echo '{answer}'"


# Where logins are looked for


def test_that_without_any_file_there_is_no_login() -> None:
    assert find_credential(GHCR) is None


def test_that_the_first_source_with_a_login_wins(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "explicit.json"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    sources = [
        tmp_path / "docker" / "config.json",
        tmp_path / "config" / "containers" / "auth.json",
        tmp_path / "run" / "containers" / "auth.json",
        tmp_path / "explicit.json",
    ]
    for path in sources:
        write(path, {"auths": {"ghcr.io": login(path.parent.name)}})
        assert find_credential(GHCR) == Credential(path.parent.name, "s3cret")
    # One that has logins for others only is passed over.
    write(sources[-1], {"auths": {"quay.io": login("other")}})
    assert find_credential(GHCR) == Credential("containers", "s3cret")


def test_that_the_files_of_the_home_directory_are_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    write(home / ".docker" / "config.json", {"auths": {"ghcr.io": login("docker")}})
    assert find_credential(GHCR) == Credential("docker", "s3cret")
    write(home / ".config" / "containers" / "auth.json", {"auths": {"ghcr.io": login("podman")}})
    assert find_credential(GHCR) == Credential("podman", "s3cret")


def test_that_a_user_without_a_home_has_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    assert find_credential(GHCR) is None


# Keys


@pytest.mark.parametrize(
    "key",
    [
        "ghcr.io",
        "https://ghcr.io",
        "https://ghcr.io/",
        "http://ghcr.io",
        "https://ghcr.io/v1/",
        "https://ghcr.io/v2/",
        "ghcr.io/team",
        "ghcr.io/team/group",
        "ghcr.io/team/group/app",
    ],
)
def test_that_a_key_covers_what_is_below_it(key: str, docker_config: Path) -> None:
    write(docker_config, {"auths": {key: login()}})
    assert find_credential(GHCR) == ALICE


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ghcr",
        "io",
        "evil-ghcr.io",
        "ghcr.io.evil.com",
        "https://evil.com/ghcr.io",
        "ghcr.io:443",
        "ghcr.io/te",
        "ghcr.io/other",
        "ghcr.io/team/group/app/more",
        "ghcr.io/team/group/app:1",
        "ftp://ghcr.io",
    ],
)
def test_that_another_key_does_not(key: str, docker_config: Path) -> None:
    write(docker_config, {"auths": {key: login()}})
    assert find_credential(GHCR) is None


def test_that_the_most_specific_key_wins(docker_config: Path) -> None:
    keys = ["ghcr.io", "ghcr.io/team", "ghcr.io/team/group", "ghcr.io/team/group/app"]
    logins: dict[str, Any] = {}
    for key in keys:
        logins = {**logins, key: login(key)}
        write(docker_config, {"auths": logins})
        assert find_credential(GHCR) == Credential(key, "s3cret")


@pytest.mark.parametrize(
    "key",
    [
        "https://index.docker.io/v1/",
        "index.docker.io",
        "docker.io",
        "registry-1.docker.io",
        "docker.io/library",
    ],
)
def test_that_docker_hub_has_many_names(key: str, docker_config: Path) -> None:
    write(docker_config, {"auths": {key: login()}})
    assert find_credential(HUB) == ALICE
    assert find_credential(GHCR) is None


def test_that_a_port_belongs_to_the_host(docker_config: Path) -> None:
    write(docker_config, {"auths": {"localhost": login("none"), "localhost:5000": login()}})
    assert find_credential(LOCAL) == ALICE


# Entries


@pytest.mark.parametrize(
    ("entry", "credential"),
    [
        (login(), ALICE),
        (login("alice", "a:b:c"), Credential("alice", "a:b:c")),
        (login("alice", "pass\0\0"), Credential("alice", "pass")),
        (login("ålice", "sécret"), Credential("ålice", "sécret")),
        ({"username": "alice", "password": "s3cret"}, ALICE),
        ({"username": "other", "password": "x", **login()}, ALICE),
        ({**login("alice", ""), "identitytoken": "tok"}, Credential("alice", "", "tok")),
        ({"identitytoken": "tok"}, Credential("", "", "tok")),
        ({}, None),
        ({"auth": ""}, None),
        ({"auth": "not base64!"}, None),
        ({"auth": "é"}, None),
        ({"auth": base64.b64encode(b"\xff\xfe:x").decode()}, None),
        ({"auth": base64.b64encode(b":password").decode()}, None),
        ({"auth": 5}, None),
        ({"username": "alice"}, None),
        ({"username": 1, "password": "x"}, None),
        ({"username": "alice", "password": ["x"]}, None),
        ({"identitytoken": {"a": 1}}, None),
        (None, None),
        ([], None),
        ("alice:s3cret", None),
    ],
)
def test_that_an_entry_is_a_login_or_none(
    entry: Any, credential: Credential | None, docker_config: Path
) -> None:
    write(docker_config, {"auths": {"ghcr.io": entry}})
    assert find_credential(GHCR) == credential


def test_that_a_login_is_sent_as_basic_says() -> None:
    assert Credential("Aladdin", "open sesame").basic == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert Credential("å", "é").basic == "Basic w6U6w6k="


def test_that_a_login_that_is_no_text_can_still_be_sent(docker_config: Path) -> None:
    write(docker_config, rb'{"auths": {"ghcr.io": {"username": "\ud800", "password": "p"}}}')
    credential = find_credential(GHCR)
    assert credential is not None
    assert credential.basic == "Basic Pzpw"


def test_that_a_login_does_not_show_its_secrets() -> None:
    assert "s3cret" not in repr(Credential("alice", "s3cret", "s3cret"))


# Damage


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"auths": ' + b"9" * 10_000 + b"}",
        b"[]",
        b"null",
        b'"s3cret"',
        b"{}",
        b'{"auths": []}',
        b'{"auths": {"ghcr.io": 5}}',
        b'{"credHelpers": [], "auths": null, "credsStore": 5}',
        b'{"credHelpers": {"ghcr.io": ["x"]}}',
        b'{"credsStore": ""}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_that_a_damaged_file_is_passed_over(
    body: bytes, home: Path, docker_config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    podman = home / "xdg_config_home" / "containers" / "auth.json"
    write(podman, body)
    write(docker_config, {"auths": {"ghcr.io": login()}})
    assert find_credential(GHCR) == ALICE
    assert "s3cret" not in caplog.text


def test_that_a_file_that_cannot_be_read_is_named_in_a_warning(
    docker_config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    docker_config.mkdir(parents=True)
    assert find_credential(GHCR) is None
    assert str(docker_config) in caplog.text


def test_that_a_warning_does_not_quote_the_login(
    docker_config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(docker_config, {"auths": {"ghcr.io": {"auth": "s3cret!"}}})
    assert find_credential(GHCR) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "s3cret" not in caplog.text


JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(), st.sampled_from(["YTpi", "ghcr.io"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["ghcr.io", "https://ghcr.io/v1/", "auth", "username", "password", ""]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["auths", "credHelpers"]), JSON))
def test_that_any_document_holds_a_login_or_none(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "auth.json"
    helpers = document.get("credHelpers")
    if isinstance(helpers, dict):
        document["credHelpers"] = {key: [value] for key, value in helpers.items()}
    write(path, document)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("REGISTRY_AUTH_FILE", str(path))
        credential = find_credential(GHCR)
    assert credential is None or credential.basic.isascii()


# Helpers


def test_that_the_helper_of_a_registry_is_asked_before_its_entry(
    docker_config: Path, programs: Path
) -> None:
    asked = add_helper(programs, "one", answering("bob", "hush"))
    add_helper(programs, "all", answering("eve", "no"))
    write(
        docker_config,
        {"auths": {"ghcr.io": login()}, "credHelpers": {"ghcr.io": "one"}, "credsStore": "all"},
    )
    assert find_credential(GHCR) == Credential("bob", "hush")
    assert asked.read_text() == "get ghcr.io\n"


def test_that_the_store_is_asked_for_what_has_no_entry(docker_config: Path, programs: Path) -> None:
    asked = add_helper(
        programs, "all", f'[ "$key" = ghcr.io ] || exit 1\n{answering("bob", "hush")}'
    )
    write(docker_config, {"auths": {"ghcr.io": {}}, "credsStore": "all"})
    assert find_credential(GHCR) == Credential("bob", "hush")
    assert asked.read_text().splitlines()[-1] == "get ghcr.io"


def test_that_the_store_knows_docker_hub_by_its_old_address(
    docker_config: Path, programs: Path
) -> None:
    known = "https://index.docker.io/v1/"
    add_helper(programs, "all", f'[ "$key" = {known} ] || exit 1\n{answering("bob", "hush")}')
    write(docker_config, {"auths": {known: {}}, "credsStore": "all"})
    assert find_credential(HUB) == Credential("bob", "hush")


def test_that_a_helper_may_hand_out_an_identity_token(docker_config: Path, programs: Path) -> None:
    add_helper(programs, "one", answering("<token>", "refresh"))
    write(docker_config, {"credHelpers": {"ghcr.io": "one"}})
    assert find_credential(GHCR) == Credential(identity_token="refresh")


@pytest.mark.parametrize(
    "script",
    [
        "echo 'credentials not found in native keychain'; exit 1",
        "exit 0",
        "echo not json s3cret",
        "echo '[]'",
        "echo '5'",
        "echo 'null'",
        """echo '{"Username": "a"}'""",
        """echo '{"Username": "a", "Secret": ""}'""",
        """echo '{"Username": 1, "Secret": "s3cret"}'""",
        """echo '{"Username": "a", "Secret": ["s3cret"]}'""",
        r"printf '\377\376\200'",
        "exec >&-",
        "kill -9 $$",
    ],
)
def test_that_a_helper_without_an_answer_has_no_login(
    script: str, docker_config: Path, programs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_helper(programs, "one", script)
    write(docker_config, {"credHelpers": {"ghcr.io": "one"}})
    assert find_credential(GHCR) is None
    assert "s3cret" not in caplog.text


def test_that_a_missing_helper_is_named_in_a_warning(
    docker_config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(docker_config, {"credHelpers": {"ghcr.io": "missing"}})
    assert find_credential(GHCR) is None
    assert "docker-credential-missing" in caplog.text


@pytest.mark.parametrize(
    "name", ["/../../bin/evil", "a/b", "x y", "x;y", "x\n", "$(x)", "x" * 65, "é", "..\\x", "\0"]
)
def test_that_a_helper_is_never_a_path_or_a_command(
    name: str, docker_config: Path, programs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for document in ({"credHelpers": {"ghcr.io": name}}, {"credsStore": name}):
        write(docker_config, document)
        assert find_credential(GHCR) is None
    assert "impossible name" in caplog.text


def test_that_logins_are_listed_with_where_they_come_from_and_without_themselves(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    podman, docker = home / "auth.json", home / ".docker" / "config.json"
    docker.parent.mkdir(parents=True)
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(podman))
    secret = base64.b64encode(b"me:s3cret").decode()
    podman.write_text(json.dumps({"auths": {"quay.test/team": {"auth": secret}, "none.test": {}}}))
    docker.write_text(
        json.dumps(
            {
                "auths": {
                    "https://index.docker.io/v1/": {},
                    "https://u:s3cret@x.test/v2/": {"identitytoken": "s3cret"},
                },
                "credHelpers": {"ecr.test": "ecr-login", "odd.test": 5},
                "credsStore": "desktop",
            }
        )
    )
    found = known_logins()
    assert [(each.registry, each.helper, each.file) for each in found] == [
        ("quay.test/team", "", podman),
        ("ecr.test", "ecr-login", docker),
        ("index.docker.io", "desktop", docker),
        ("x.test", "", docker),
        ("*", "desktop", docker),
    ]
    assert "s3cret" not in repr(found)
    assert secret not in repr(found)
