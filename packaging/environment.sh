# Sourced by packaging/run, packaging/test and packaging/lock.
# Makes the virtual environment .venv from a lock, and finds out which Debian packages are missing.
# Nothing here installs or asks the network for anything that is there already.

# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
missing=() # Debian packages

export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$@" >&2; }

die() {
    say "$@"
    exit 1
}

# Sets $python to the real interpreter: never the link in a virtual environment that happens to be
# active, which could be the one about to be replaced.
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13 python3.14; do
        python=$("$name" -c '
import os, sys
if sys.version_info < (3, 11):
    sys.exit(1)
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))' 2>/dev/null) && return
    done
    die "Python 3.11 or newer is needed, and none is on the PATH." \
        "Debian 12 has it: sudo apt-get install python3"
}

# What an environment is made from: the lock, what pyproject.toml says about installing, and the
# place, since the scripts in an environment hold its path.
fingerprint() {
    {
        printf '%s\n' "$root"
        cat "$root/packaging/$1"
        awk '/^\[/ { wanted = /^\[(build-system|project|dependency-groups|tool\.hatch)/ } wanted' \
            "$root/pyproject.toml"
    } | sha256sum | cut -d ' ' -f 1
}

# The stamp is written last, so an environment without it was left half made.
environment_is_current() {
    [[ -x $venv/bin/python && -f $venv/stamp ]] && grep -qxF "$(fingerprint "$1")" "$venv/stamp"
}

need_environment() {
    environment_is_current "$1" && return
    find_python
    # Debian ships the module that puts pip into an environment in a package of its own.
    "$python" -c 'import ensurepip' 2>/dev/null ||
        missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
}

make_environment() {
    if environment_is_current "$1"; then return; fi
    [[ -w $root && (! -e $venv || -w $venv) ]] ||
        die "Cannot write to $root, where the virtual environment belongs." \
            "Use a clone that belongs to you."
    (
        # One start at a time; the one that waited finds the work done.
        if command -v flock >/dev/null; then flock 9; fi
        if environment_is_current "$1"; then exit; fi
        build_environment "$1"
    ) 9<"$root/packaging"
}

build_environment() {
    local pip=("$venv/bin/python" -m pip -qq --retries 2 install --no-deps --no-compile)
    if environment_is_current requirements.lock; then
        # Only the tools for the tests are missing: they go on top.
        rm -f "$venv/stamp"
    else
        say "Making the virtual environment .venv ..."
        rm -f "$venv/stamp"
        "$python" -m venv --clear "$venv" || die "Could not make the virtual environment $venv."
    fi
    say "Installing the dependencies of packaging/$1 (once) ..."
    "${pip[@]}" --require-hashes --only-binary :all: -r "$root/packaging/$1" ||
        die "Could not install the dependencies: what went wrong stands above." \
            "If it was the network, start again when it is there: only the first start needs it."
    "${pip[@]}" --no-build-isolation -e "$root" || die "Could not install Pullscope itself."
    # The lock for the tests holds everything of the other one, in the same versions.
    { fingerprint requirements.lock && fingerprint "$1"; } | sort -u >"$venv/stamp.new"
    mv "$venv/stamp.new" "$venv/stamp"
}

need_command() { # command, package
    command -v "$1" >/dev/null || missing+=("$2")
}

# Adds the packages of the libraries that cannot be loaded; reads lines of "library package".
need_libraries() {
    local interpreter=$venv/bin/python found
    [[ -x $interpreter ]] || interpreter=$python
    found=$("$interpreter" -c '
import ctypes, sys
for line in sys.stdin:
    library, package = line.split()
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)')
    # Package names hold no spaces.
    # shellcheck disable=SC2206
    missing+=($found)
}

need_qt() {
    need_libraries <<'END'
libGL.so.1 libgl1
libEGL.so.1 libegl1
libglib-2.0.so.0 libglib2.0-0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libxkbcommon.so.0 libxkbcommon0
END
}

need_qt_x11() {
    need_qt
    need_libraries <<'END'
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
END
}

need_qt_wayland() {
    need_qt
    need_libraries <<'END'
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
END
}

install_command() { printf 'sudo apt-get install -y --no-install-recommends %s' "${missing[*]}"; }

# Installs the missing packages where that is allowed. Fails, with $missing as it was, where not.
get_missing() {
    if ((${#missing[@]} == 0)); then return; fi
    [[ $EUID == 0 ]] && command -v apt-get >/dev/null || return 1
    say "Installing Debian packages: ${missing[*]} ..."
    local log
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || ! log=$(apt_install); then
        # No lists of packages yet, or old ones that name what is no longer served.
        log=$(apt-get update -qq 2>&1 && apt_install) ||
            die "$(tail -n 3 <<<"$log")" \
                "Could not install the packages; only the first start needs the network."
    fi
    missing=()
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}" 2>&1
}
