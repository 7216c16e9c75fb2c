from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.hosts import (
    LARGEST_FILE,
    Host,
    HostsError,
    Places,
    configured,
    find_hosts,
    parse_hosts_file,
    parse_registries,
)
from pullscope.engine.message import translated, words_of
from pullscope.engine.reference import Reference, parse_reference
from pullscope.engine.transport import ClientCertificate, Tls

APP = parse_reference("registry.test/team/app:1")
BY_DIGEST = parse_reference(f"registry.test/team/app@sha256:{'0' * 64}")
HUB = parse_reference("alpine")
PATH = Path("/certs.d/registry.test/hosts.toml")
CONF = Path("/containers/registries.conf")


def hosts_of(text: str, reference: Reference = APP) -> tuple[Host, ...]:
    return parse_hosts_file(text, PATH, reference)


def bases(hosts: tuple[Host, ...]) -> list[str]:
    return [f"{host.base}/{host.repository}" for host in hosts]


# hosts.toml


def test_that_mirrors_come_in_the_order_of_the_file_and_the_server_last() -> None:
    hosts = hosts_of(
        """
        server = "https://upstream.test"
        [host."https://b.test"]
        [host."http://a.test:5000"]
        [host."c.test/v2"]
        """
    )
    assert bases(hosts) == [
        "https://b.test/v2/team/app",
        "http://a.test:5000/v2/team/app",
        "https://c.test/v2/team/app",
        "https://upstream.test/v2/team/app",
    ]
    assert [host.is_mirror for host in hosts] == [True, True, True, False]


def test_that_without_a_server_the_registry_itself_is_last_and_may_do_all() -> None:
    *_, last = hosts_of('capabilities = ["push"]\n[host."https://a.test"]')
    assert bases((last,)) == ["https://registry.test/v2/team/app"]
    assert (last.resolves, last.pulls, last.is_mirror, last.namespace) == (True, True, False, "")


@pytest.mark.parametrize(
    ("reference", "url", "namespace"),
    [
        (APP, "https://mirror.test", "registry.test"),
        (APP, "https://registry.test:5000", "registry.test"),
        (APP, "https://registry.test", ""),
        (HUB, "https://mirror.test", "docker.io"),
        (HUB, "https://registry-1.docker.io", ""),
    ],
)
def test_that_a_host_of_another_name_is_told_the_registry_it_stands_for(
    reference: Reference, url: str, namespace: str
) -> None:
    assert hosts_of(f'[host."{url}"]', reference)[0].namespace == namespace
    assert hosts_of(f'server = "{url}"', reference)[0].namespace == namespace


@pytest.mark.parametrize(
    ("url", "override", "base"),
    [
        ("https://a.test", False, "https://a.test/v2"),
        ("https://a.test/", False, "https://a.test/v2"),
        ("https://a.test/v2/", False, "https://a.test/v2"),
        ("https://a.test/x//y/../z", False, "https://a.test/x/z/v2"),
        ("https://a.test/v2/proxy/hub", False, "https://a.test/v2/proxy/hub/v2"),
        ("https://a.test/v2/proxy/hub", True, "https://a.test/v2/proxy/hub"),
        ("https://a.test", True, "https://a.test"),
        ("https://[::1]:5000", False, "https://[::1]:5000/v2"),
    ],
)
def test_that_the_api_is_below_the_path_unless_it_is_overridden(
    url: str, override: bool, base: str
) -> None:
    [host, _] = hosts_of(f'[host."{url}"]\noverride_path = {str(override).lower()}')
    assert host.base == base


def test_that_every_field_of_a_host_is_read() -> None:
    [host, _] = hosts_of(
        """
        [host."https://a.test"]
        capabilities = ["pull"]
        ca = ["one.pem", "/etc/two.pem"]
        client = [["me.pem", "me.key"], ["both.pem", ""]]
        skip_verify = true
        dial_timeout = "1m2.5s"
        [host."https://a.test".header]
        x-one = "1"
        x-two = ["a", "b"]
        """
    )
    assert (host.resolves, host.pulls) == (False, True)
    assert host.tls == Tls(
        verify=False,
        authorities=(PATH.parent / "one.pem", Path("/etc/two.pem")),
        clients=(
            ClientCertificate(PATH.parent / "me.pem", PATH.parent / "me.key"),
            ClientCertificate(PATH.parent / "both.pem"),
        ),
    )
    assert host.dial_timeout == 62.5
    assert host.headers == (("x-one", "1"), ("x-two", "a"), ("x-two", "b"))
    assert "x-one" not in repr(host)


@pytest.mark.parametrize("value", ['"me.pem"', '["me.pem"]', '[["me.pem"]]'])
def test_that_one_file_may_hold_certificate_and_key(value: str) -> None:
    [host, _] = hosts_of(f'[host."https://a.test"]\nclient = {value}\nca = "ca.pem"')
    assert host.tls.clients == (ClientCertificate(PATH.parent / "me.pem"),)
    assert host.tls.authorities == (PATH.parent / "ca.pem",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("server = 5", ", line 1: server is no text"),
        ("\nserver = 'https://u:s3cret@a.test'", ", line 2: server names a host"),
        ("server = 'ftp://a.test'", ", line 1: server names a host"),
        ("server = 'https://a.test?sig=s3cret'", ", line 1: server names a host"),
        ("server = 'https://1.2.3.999'", ", line 1: server names a host"),
        ("host = 'x'", ", line 1: host is no table"),
        ("[host]\n'https://a.test' = 1", "host is no table"),
        ("[host.'https://a.test']\n\nskip_verify = 1", ", line 3: skip_verify is neither"),
        (
            "skip_verify = true\n[host.'https://a.test']\n[host.'https://b.test']\nskip_verify = 1",
            ", line 4: skip_verify",
        ),
        ("capabilities = ['fly']", ", line 1: capabilities names 'fly', which is none"),
        ("capabilities = 'pull,'", "capabilities names"),
        ("ca = [1]", ", line 1: ca is neither"),
        ("client = [['a', 'b', 'c']]", ", line 1: client is no file"),
        ("client = 1", ", line 1: client is no file"),
        ("client = [['']]", ", line 1: client is no file"),
        ('ca = "a\\u0000"', ", line 1: ca holds a character that is not allowed"),
        ("dial_timeout = 5", ", line 1: dial_timeout is no text"),
        ("dial_timeout = '5'", ", line 1: dial_timeout is no duration"),
        ("dial_timeout = '-5s'", ", line 1: dial_timeout is no duration"),
        ("dial_timeout = '9999h'", ", line 1: dial_timeout is no duration"),
        ("header = 1", ", line 1: header is no table"),
        ("header.x = 1", ", line 1: header has a value for x"),
        ('header.x = "a\\nb"', ", line 1: header has a value for x"),
        ("header.'a b' = 'c'", ", line 1: header has a name that no header"),
        ("header.Range = 'bytes=0-'", ", line 1: header has Range"),
        ("a = 1\nb = = 2", ", line 2: "),
        ("a = [", ", line 1: "),
    ],
)
def test_that_a_damaged_hosts_file_is_an_error_that_names_file_and_line(
    text: str, said: str
) -> None:
    with pytest.raises(HostsError) as caught:
        hosts_of(text)
    assert str(caught.value).startswith(str(PATH))
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_that_the_error_of_a_damaged_file_can_be_translated() -> None:
    with pytest.raises(HostsError) as caught:
        hosts_of("host = 1")
    assert str(caught.value) == (
        f'{PATH}, line 1: host is no table; write [host."https://mirror.example"]'
    )
    assert caught.value.remedy == 'write [host."https://mirror.example"]'
    said = translated(words_of(caught.value), lambda _, template: f"<{template}>")
    assert said == (
        f'<<{PATH}, line 1: <host is no table>>; <write [host."https://mirror.example"]>>'
    )


WORDS = st.sampled_from(
    [
        "server",
        "[host.",
        "[[registry]]",
        "[[registry.mirror]]",
        "header",
        "=",
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "1",
        "true",
        "https://a.test",
        "location",
        "prefix",
        "*.",
        "a.test/b",
        "client",
        "ca",
        "dial_timeout",
        "10s",
        "capabilities",
        "pull",
        "\n",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join))


def assert_read_or_refused(text: str) -> None:
    for read, path in ((hosts_of, PATH), (lambda text: parse_registries(text, CONF), CONF)):
        said = str(path)
        try:
            read(text)
        except HostsError as error:
            said = str(error)
        assert said.startswith(str(path))
        assert "\n" not in said


@given(TEXTS)
def test_that_any_text_gives_hosts_or_the_one_error(text: str) -> None:
    assert_read_or_refused(text)


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=8), st.just("https://a.test/x")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "server",
        "ca",
        "client",
        "skip_verify",
        "override_path",
        "dial_timeout",
        "capabilities",
        "header",
        "host",
        "registry",
        "mirror",
    ]
)


def toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        escaped = "".join(f"\\U{ord(c):08x}" for c in value if not 0xD800 <= ord(c) < 0xE000)
        return f'"{escaped}"'
    return str(value).lower()


@given(st.dictionaries(KEYS, VALUES))
def test_that_any_value_gives_hosts_or_the_one_error(values: dict[str, object]) -> None:
    text = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
    assert_read_or_refused(text)


@given(st.text(st.sampled_from("abz./:*@_-[]0 A?#%"), max_size=20), st.booleans())
def test_that_any_location_leads_somewhere_or_is_the_one_error(
    location: str, as_mirror: bool
) -> None:
    conf = f'[[registry]]\nprefix = "registry.test"\nlocation = "{location}"\n'
    if as_mirror:
        conf = '[[registry]]\nlocation = "registry.test"\n[[registry.mirror]]\n'
        conf += f'location = "{location}"'
    places = PlacesIn.texts(conf)
    try:
        hosts = find_hosts(APP, places)
    except HostsError:
        return
    for host in hosts:
        assert host.base.startswith(("https://", "http://"))
        assert host.base.endswith("/v2")
        assert not set("?#% ") & set(host.base + host.repository)


class PlacesIn:
    """Places below a directory that a test fills."""

    root = Path()

    @classmethod
    def texts(cls, conf: str) -> Places:
        (cls.root / "registries.conf").write_text(conf)
        return Places(registries=(cls.root / "registries.conf",))


@pytest.fixture(autouse=True)
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    PlacesIn.root = tmp_path_factory.mktemp("places")
    return PlacesIn.root


# Where files are looked for


def places_in(root: Path) -> Places:
    return Places(
        hosts=(root / "own", root / "system"),
        certificates=(root / "docker",),
        registries=(root / "user.conf", root / "system.conf"),
        drop_ins=(root / "drop-ins", root / "missing"),
    )


def put(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("registry.test", "registry.test/a"),
        ("registry.test:5000", "registry.test:5000/a"),
        ("registry.test_5000_", "registry.test:5000/a"),
        ("_default", "registry.test:5000/a"),
        ("docker.io", "alpine"),
        ("[::1]_5000_", "[::1]:5000/a"),
    ],
)
@pytest.mark.parametrize("where", ["own", "system"])
def test_that_a_directory_is_found_by_its_hosts_name(
    where: str, name: str, reference: str, root: Path
) -> None:
    put(root / where / name / "hosts.toml", '[host."https://mirror.test"]')
    hosts = find_hosts(parse_reference(reference), places_in(root))
    assert hosts[0].base == "https://mirror.test/v2"


def test_that_a_hosts_own_directory_goes_before_the_default(root: Path) -> None:
    put(root / "own" / "_default" / "hosts.toml", '[host."https://default.test"]')
    put(root / "own" / "registry.test" / "hosts.toml", '[host."https://mirror.test"]')
    assert find_hosts(APP, places_in(root))[0].name == "mirror.test"
    assert find_hosts(HUB, places_in(root))[0].name == "default.test"


@pytest.mark.parametrize("text", [None, ""])
def test_that_a_directory_with_certificates_alone_goes_before_the_default(
    root: Path, text: str | None
) -> None:
    put(root / "own" / "_default" / "hosts.toml", '[host."https://default.test"]')
    put(root / "own" / "registry.test" / "ca.crt")
    if text is not None:
        put(root / "own" / "registry.test" / "hosts.toml", text)
    [host] = find_hosts(APP, places_in(root))
    assert host.name == "registry.test"
    authorities = () if text is not None else (root / "own" / "registry.test" / "ca.crt",)
    assert host.tls.authorities == authorities


def test_that_hosts_toml_goes_before_registries_conf(root: Path) -> None:
    put(root / "user.conf", '[[registry]]\nlocation = "registry.test"\nblocked = true')
    with pytest.raises(HostsError, match="blocked"):
        find_hosts(APP, places_in(root))
    put(root / "own" / "registry.test" / "hosts.toml", '[host."https://mirror.test"]')
    assert len(find_hosts(APP, places_in(root))) == 2


@pytest.mark.parametrize(
    ("reference", "plain_http", "base"),
    [
        ("registry.test/a", None, "https://registry.test/v2"),
        ("registry.test/a", True, "http://registry.test/v2"),
        ("localhost:5000/a", None, "http://localhost:5000/v2"),
        ("localhost:5000/a", False, "https://localhost:5000/v2"),
        ("alpine", None, "https://registry-1.docker.io/v2"),
    ],
)
def test_that_without_files_the_registry_itself_is_asked(
    reference: str, plain_http: bool | None, base: str, root: Path
) -> None:
    [host] = find_hosts(parse_reference(reference), places_in(root), plain_http=plain_http)
    assert host.base == base
    assert (host.is_mirror, host.tls, host.insecure) == (False, Tls(), False)


def test_that_a_file_that_is_too_large_or_no_text_is_an_error(root: Path) -> None:
    path = root / "own" / "registry.test" / "hosts.toml"
    put(path, "#" * (LARGEST_FILE + 1))
    with pytest.raises(HostsError, match="larger than"):
        find_hosts(APP, places_in(root))
    path.write_bytes(b"a = 1\nb = \xff")
    with pytest.raises(HostsError, match=r"hosts\.toml, line 2: .*UTF-8"):
        find_hosts(APP, places_in(root))


def test_that_a_tag_needs_a_host_that_may_resolve_it(root: Path) -> None:
    path = root / "own" / "registry.test" / "hosts.toml"
    put(path, 'server = "https://a.test"\ncapabilities = ["pull"]')
    assert len(find_hosts(BY_DIGEST, places_in(root))) == 1
    with pytest.raises(HostsError, match=r"registry\.test may resolve tags"):
        find_hosts(APP, places_in(root))
    put(path, 'server = "https://a.test"\ncapabilities = ["resolve"]')
    with pytest.raises(HostsError, match="may serve pulls"):
        find_hosts(APP, places_in(root))


def test_that_a_host_gets_the_certificates_that_are_kept_for_its_own_name(root: Path) -> None:
    for name in ("registry.test", "mirror.test:5000"):
        for file in ("ca.crt", "client.cert", "client.key", "README"):
            put(root / "docker" / name / file)
    put(root / "own" / "registry.test" / "hosts.toml", '[host."https://mirror.test:5000"]')
    mirror, itself = find_hosts(APP, places_in(root))
    for host, name in ((mirror, "mirror.test:5000"), (itself, "registry.test")):
        directory = root / "docker" / name
        assert host.tls == Tls(
            authorities=(directory / "ca.crt",),
            clients=(ClientCertificate(directory / "client.cert", directory / "client.key"),),
        )
    assert find_hosts(HUB, places_in(root))[0].tls == Tls()


def test_that_a_client_certificate_without_its_key_is_an_error(root: Path) -> None:
    put(root / "docker" / "registry.test" / "client.cert")
    with pytest.raises(HostsError, match=r"client\.cert: its key is missing, client\.key"):
        find_hosts(APP, places_in(root))


# registries.conf


def moved(conf: str, reference: Reference = APP) -> list[str]:
    return bases(find_hosts(reference, PlacesIn.texts(conf)))


def test_that_mirrors_of_podman_stand_for_the_prefix() -> None:
    conf = """
    unqualified-search-registries = ["docker.io"]
    [[registry]]
    prefix = "registry.test/team"
    location = "inner.test:5000/mirrored"
    [[registry.mirror]]
    location = "one.test/x"
    [[registry.mirror]]
    location = "two.test"
    insecure = true
    """
    hosts = find_hosts(APP, PlacesIn.texts(conf))
    assert bases(hosts) == [
        "https://one.test/v2/x/app",
        "https://two.test/v2/app",
        "https://inner.test:5000/v2/mirrored/app",
    ]
    assert [host.insecure for host in hosts] == [False, True, False]
    assert [host.tls.verify for host in hosts] == [True, False, True]
    assert [host.is_mirror for host in hosts] == [True, True, False]
    assert not any(host.namespace for host in hosts)


@pytest.mark.parametrize(
    ("prefix", "reference", "matched"),
    [
        ("registry.test", "registry.test/a", 13),
        ("registry.test", "registry.test.evil.com/a", 0),
        ("registry.test", "registry.test:5000/a", 13),
        ("registry.test/a", "registry.test/a/b:1", 15),
        ("registry.test/a", "registry.test/ab", 0),
        ("*.test", "registry.test/a", 13),
        ("*.test", "a.b.test:5000/x", 8),
        ("*.test", "test/a", 0),
        ("*.test", "registry.test.com/a", 0),
        ("*.test", "evil.com/x.test", 0),
        ("docker.io/library", "alpine", 17),
    ],
)
def test_that_a_prefix_ends_where_a_name_does(prefix: str, reference: str, matched: int) -> None:
    [entry] = parse_registries(f'[[registry]]\nprefix = "{prefix}"', CONF)
    assert entry.matched(parse_reference(reference)) == matched


def test_that_the_longest_prefix_wins() -> None:
    conf = "".join(
        f'[[registry]]\nprefix = "{prefix}"\nlocation = "{location}"\n'
        for prefix, location in (
            ("registry.test", "host.test"),
            ("registry.test/team", "team.test"),
            ("*.test", "any.test"),
        )
    )
    assert moved(conf) == ["https://team.test/v2/app"]
    assert moved(conf, parse_reference("registry.test/x")) == ["https://host.test/v2/x"]
    assert moved(conf, parse_reference("other.test/x")) == ["https://any.test/v2/x"]


def test_that_a_name_goes_before_a_wildcard_whatever_their_order() -> None:
    wildcard = '[[registry]]\nprefix = "*.registry.test"\nlocation = "wild.test"\ninsecure = true\n'
    exact = '[[registry]]\nprefix = "a.registry.test"\nlocation = "exact.test"\n'
    wider = '[[registry]]\nprefix = "*.test"\nlocation = "wider.test"\n'
    reference = parse_reference("a.registry.test/app")
    for conf in (wildcard + exact, exact + wildcard):
        [host] = find_hosts(reference, PlacesIn.texts(conf))
        assert (host.name, host.tls.verify) == ("exact.test", True)
    for conf in (wildcard + wider, wider + wildcard):
        assert find_hosts(reference, PlacesIn.texts(conf))[0].name == "wild.test"


def test_that_an_insecure_registry_gets_its_client_certificate(root: Path) -> None:
    put(root / "user.conf", '[[registry]]\nlocation = "registry.test"\ninsecure = true')
    for name in ("client.cert", "client.key"):
        put(root / "docker" / "registry.test" / name)
    [host] = find_hosts(APP, places_in(root))
    assert not host.tls.verify
    assert [client.certificate.name for client in host.tls.clients] == ["client.cert"]


def test_that_a_wildcard_without_a_location_leaves_names_as_they_are() -> None:
    conf = '[[registry]]\nprefix = "*.test"\ninsecure = true'
    [host] = find_hosts(APP, PlacesIn.texts(conf))
    assert (host.base, host.repository) == ("https://registry.test/v2", "team/app")
    assert host.insecure


@pytest.mark.parametrize("plain_http", [True, False])
def test_that_a_scheme_that_was_asked_for_is_kept_for_an_insecure_registry(
    plain_http: bool,
) -> None:
    places = PlacesIn.texts('[[registry]]\nlocation = "registry.test"\ninsecure = true')
    [host] = find_hosts(APP, places, plain_http=plain_http)
    assert host.base.startswith("http:" if plain_http else "https:")
    assert not host.insecure
    assert not host.tls.verify


@pytest.mark.parametrize(
    ("setting", "by_tag", "by_digest"),
    [
        ('pull-from-mirror = "all"', True, True),
        ('pull-from-mirror = "tag-only"', True, False),
        ('pull-from-mirror = "digest-only"', False, True),
    ],
)
def test_that_a_mirror_is_used_for_what_it_is_good_for(
    setting: str, by_tag: bool, by_digest: bool
) -> None:
    conf = '[[registry]]\nlocation = "registry.test"\n[[registry.mirror]]\nlocation = "m.test"\n'
    assert (len(moved(conf + setting)) == 2) is by_tag
    assert (len(moved(conf + setting, BY_DIGEST)) == 2) is by_digest


def test_that_all_mirrors_may_be_for_digests_only() -> None:
    conf = '[[registry]]\nlocation = "registry.test"\nmirror-by-digest-only = true\n'
    conf += '[[registry.mirror]]\nlocation = "m.test"\n'
    assert len(moved(conf)) == 1
    assert len(moved(conf, BY_DIGEST)) == 2


def test_that_docker_hub_is_asked_at_its_own_host_by_podmans_name_for_it() -> None:
    conf = '[[registry]]\nprefix = "registry.test"\nlocation = "docker.io"'
    assert moved(conf) == ["https://registry-1.docker.io/v2/team/app"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[registry]]\nlocation = 1", ", line 2: location is no text"),
        ("[[registry]]\nlocation = 'https://a.test'", ", line 2: location begins with a scheme"),
        ("[[registry]]\ninsecure = true", ", line 1: location of registry is missing"),
        ("[[registry]]\nprefix = 'a.*.test'", ", line 2: prefix may hold a *"),
        (
            "[[registry]]\nlocation='a'\n[[registry]]\nlocation='b'\ninsecure=1",
            ", line 5: insecure is neither",
        ),
        (
            "[[registry]]\nlocation='a'\n[[registry.mirror]]\nlocation='b'\n[[registry]]\n"
            "location='c'\n[[registry.mirror]]\nlocation='d'\npull-from-mirror='no'",
            ", line 9: pull-from-mirror is 'no'",
        ),
        ("[registry]\nx = 1", ", line 1: registry is no list of tables"),
        ("[[registry]]\nlocation='a'\nmirror=5", "mirror is no list of tables"),
        ("[[registry]]\nlocation=", ", line 2: "),
    ],
)
def test_that_a_damaged_registries_conf_is_an_error_that_names_file_and_line(
    text: str, said: str
) -> None:
    with pytest.raises(HostsError) as caught:
        parse_registries(text, CONF)
    assert str(caught.value).startswith(str(CONF))
    assert said in str(caught.value)


def test_that_version_1_and_what_is_not_used_is_left_alone() -> None:
    conf = "[registries.search]\nregistries = ['a']\n[aliases]\n'x' = 'y'"
    assert parse_registries(conf, CONF) == ()


def test_that_the_first_file_counts_and_drop_ins_override_it(root: Path) -> None:
    put(root / "system.conf", '[[registry]]\nlocation = "registry.test"\nblocked = true')
    with pytest.raises(HostsError, match=r"registry\.test is blocked in .*system\.conf"):
        find_hosts(APP, places_in(root))
    put(root / "user.conf", '[[registry]]\nprefix = "registry.test"\nlocation = "user.test"')
    assert find_hosts(APP, places_in(root))[0].name == "user.test"
    drop_in = '[[registry]]\nprefix = "registry.test"\nlocation = "{}.test"'
    put(root / "drop-ins" / "2.conf", drop_in.format("two"))
    put(root / "drop-ins" / "1.conf", drop_in.format("one"))
    put(root / "drop-ins" / "3.txt", drop_in.format("three"))
    assert find_hosts(APP, places_in(root))[0].name == "two.test"


def test_that_directories_among_the_drop_ins_are_passed_over(root: Path) -> None:
    put(root / "user.conf", '[[registry]]\nprefix = "registry.test"\nlocation = "user.test"')
    (root / "drop-ins" / "1.conf").mkdir(parents=True)
    assert find_hosts(APP, places_in(root))[0].name == "user.test"


def test_that_a_users_own_file_takes_the_place_of_the_systems_drop_ins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "containers" / "registries.conf.d"
    assert Places.of_this_machine().drop_ins == (Path("/etc/containers/registries.conf.d"), own)
    put(tmp_path / "containers" / "registries.conf")
    assert Places.of_this_machine().drop_ins == (own,)


def test_that_the_usual_places_are_those_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("CONTAINERS_REGISTRIES_CONF", raising=False)
    places = Places.of_this_machine()
    assert places.hosts == (tmp_path / "containerd/certs.d", Path("/etc/containerd/certs.d"))
    assert Path("/etc/docker/certs.d") in places.certificates
    assert places.registries == (
        tmp_path / "containers/registries.conf",
        Path("/etc/containers/registries.conf"),
    )
    assert places.drop_ins[-1] == tmp_path / "containers/registries.conf.d"
    assert Places.of_this_machine(tmp_path).hosts == (tmp_path,)
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", "/x.conf")
    places = Places.of_this_machine()
    assert (places.registries, places.drop_ins) == ((Path("/x.conf"),), ())


# Logins


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[host."https://mirror.test:5000"]', ["mirror.test:5000", "registry.test"]),
        ('[host."https://registry-1.docker.io"]', ["docker.io", "registry.test"]),
    ],
)
def test_that_a_login_is_looked_up_by_the_name_of_its_host(text: str, names: list[str]) -> None:
    hosts = hosts_of(text)
    assert [host.as_reference(APP).domain for host in hosts] == names
    [itself] = find_hosts(HUB, Places())
    assert itself.as_reference(HUB) == HUB


def test_that_capabilities_are_read_in_any_case_and_paths_keep_their_dots() -> None:
    lines = ['[host."https://a.test/.proxy/v2"]', 'capabilities = ["Pull"]', "override_path = true"]
    mirror, _ = hosts_of("\n".join(lines))
    assert mirror.base == "https://a.test/.proxy/v2"
    assert (mirror.pulls, mirror.resolves) == (True, False)


def test_that_what_all_files_say_is_listed_for_people(tmp_path: Path) -> None:
    root, drop_ins = tmp_path / "certs.d", tmp_path / "drop"
    for name, text in (
        ("_default", '[host."https://cache.test"]'),
        ("registry.test_5000_", '[host."https://one.test"]\n[host."https://two.test:8443"]'),
        ("bad.test", "server = 5"),
    ):
        (root / name).mkdir(parents=True)
        (root / name / "hosts.toml").write_text(text)
    (root / "certificates-only.test").mkdir()
    drop_ins.mkdir()
    (drop_ins / "a.conf").write_text(
        '[[registry]]\nlocation = "quay.test"\n[[registry.mirror]]\nlocation = "m.test/quay"\n'
        '[[registry]]\nlocation = "no.test"\nblocked = true\n'
    )
    (drop_ins / "b.conf").write_text("[[registry")
    found = configured(Places(hosts=(root,), drop_ins=(drop_ins,)))
    assert [(each.registry, each.hosts) for each in found] == [
        ("*", ("cache.test", "*")),
        ("bad.test", ()),
        ("registry.test:5000", ("one.test", "two.test:8443", "registry.test:5000")),
        ("quay.test", ("m.test/quay", "quay.test")),
        ("no.test", ("no.test",)),
        ("", ()),
    ]
    assert [bool(each.problem) for each in found] == [False, True, False, False, True, True]
    assert found[0].file == root / "_default" / "hosts.toml"


def test_that_headers_with_secrets_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / "a.test").mkdir()
    (tmp_path / "a.test" / "hosts.toml").write_text(
        '[host."https://b.test"]\n[host."https://b.test".header]\nAuthorization = "Bearer s3cret"\n'
    )
    assert "s3cret" not in repr(configured(Places(hosts=(tmp_path,))))
