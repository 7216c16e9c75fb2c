import json
import tomllib

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.runtimes.export import export
from pullscope.sweep.runtimes.runtime_config import Runtime, RuntimeConfigError
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=3, parallelism=8, chunk_size=16 * MIB)

FILES = {
    Runtime.CONTAINERD: """\
# Managed by the platform team
version = 3

[plugins]
  [plugins.'io.containerd.cri.v1.images'] # images
    # raised in 2024
    max_concurrent_downloads = 10

    # credentials
    [plugins.'io.containerd.cri.v1.images'.registry]
      config_path = "/etc/containerd/certs.d" # hosts

  # the shim
  [plugins.'io.containerd.cri.v1.runtime']
    enable_selinux = false
""",
    Runtime.SOCI: """\
# SOCI
[pull_modes.soci_v2] # lazy
  enable = true

# parallel
[pull_modes.parallel_pull_unpack]
  max_concurrent_unpacks_per_image = 10 # cores
  concurrent_download_chunk_size = "8mb"
""",
    Runtime.DOCKER: '{\n    "log-driver": "local",\n    "features": {"a": true}\n}\n',
    Runtime.PODMAN: """\
[containers]
# log_driver = 'x'
[engine] # all
#image_parallel_copies = 0
""",
}


def parsed(runtime: Runtime, text: str) -> dict[str, object]:
    document: dict[str, object] = (
        json.loads(text) if runtime is Runtime.DOCKER else tomllib.loads(text)
    )
    return document


def leaves(document: object, path: str = "") -> dict[str, object]:
    if not isinstance(document, dict):
        return {path: document}
    found: dict[str, object] = {}
    for name, value in document.items():
        found |= leaves(value, f"{path}/{name}")
    return found


@pytest.mark.parametrize("runtime", Runtime)
def test_that_what_is_made_is_read_again_and_everything_else_stays(runtime: Runtime) -> None:
    before = FILES[runtime]
    config = export(runtime, BEST, existing_text=before)
    old, new = (leaves(parsed(runtime, text)) for text in (before, config.text))
    changed = {path for path, value in new.items() if old.get(path) != value}
    assert len(changed) == sum(1 for change in config.changes if change.before != change.value)
    assert old.keys() <= new.keys()
    comments = [line for line in before.splitlines() if "#" in line]
    rest = iter(config.text.splitlines())
    assert all(comment in rest for comment in comments)


@pytest.mark.parametrize("runtime", Runtime)
def test_that_the_diff_is_that_of_the_file_and_nothing_changes_twice(runtime: Runtime) -> None:
    config = export(runtime, BEST, existing_text=FILES[runtime], name="mine")
    assert config.diff.startswith("--- mine\n+++ mine (new)\n@@ ")
    added = [line for line in config.diff.splitlines() if line.startswith("+") and line[1:2] != "+"]
    assert added
    assert all(line[1:] in config.text.splitlines() for line in added)

    again = export(runtime, BEST, existing_text=config.text)
    assert (again.text, again.diff) == (config.text, "")
    assert all(change.before == change.value for change in again.changes)


def test_that_a_diff_keeps_the_newlines_that_a_patch_needs() -> None:
    diff = export(Runtime.PODMAN, BEST, existing_text="[engine]\r\n# all").diff
    assert "+image_parallel_copies = 3\r\n" in diff
    assert diff.endswith(" # all\n\\ No newline at end of file\n")


@pytest.mark.parametrize("runtime", Runtime)
def test_that_a_text_of_its_own_is_made_where_there_is_no_file(runtime: Runtime) -> None:
    config = export(runtime, BEST)
    assert parsed(runtime, config.text)
    assert config.memory_bytes > 0
    assert config.usual_path in config.diff
    assert bool(config.apply) is (runtime is not Runtime.PODMAN)
    assert all(change.meaning.endswith(".") for change in config.changes)
    assert all(text.endswith(".") for text in (*config.notes, *config.warnings))


def test_that_secrets_beside_a_change_are_masked_in_the_diff_and_not_in_the_text() -> None:
    text = (
        '[engine]\nproxy = "http://me:hush1@proxy"\nimage_parallel_copies = 1\n'
        'password = "hush2"\nidentitytoken="hush3"\nauth = "hush4" # c\n'
    )
    config = export(Runtime.PODMAN, BEST, existing_text=text)
    assert "hush" not in config.diff
    assert "http://***@proxy" in config.diff
    assert config.text == text.replace("copies = 1", "copies = 3")

    text = '{\n  "auth": "hush5",\n  "registry-token": "hush6"\n}\n'
    config = export(Runtime.DOCKER, BEST, existing_text=text)
    assert "hush" not in config.diff
    assert "hush5" in config.text


@pytest.mark.parametrize("runtime", Runtime)
@pytest.mark.parametrize("text", ["\x00", "<html>", "}{", "a: b"])
def test_that_a_file_of_another_kind_is_refused(runtime: Runtime, text: str) -> None:
    with pytest.raises(RuntimeConfigError):
        export(runtime, BEST, existing_text=text)
