#!/bin/sh
# Makes a checkout runnable: system libraries, a virtual environment, the pinned packages, the project itself.
# Usage: packaging/setup.sh run|test    (PYTHON= and VENV= choose another interpreter and folder)
# Quick when there is nothing to do, and safe to run again after it was interrupted.
set -eu
cd "$(dirname "$0")/.."

GIVEN=${PYTHON:-}
VENV=${VENV:-.venv}
PINNED=packaging/requirements-dev.txt
STAMP=$VENV/set-up-from.txt

# What Qt's window, its offscreen stand-in and QtMultimedia load; names as in Debian and Ubuntu.
RUN_PACKAGES="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libbrotli1 libpulse0 libxext6
  libxrandr2 libdrm2 libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1
  libxcb-render-util0 libxcb-image0 libxcb-randr0 libx11-xcb1"

# The real parts the end-to-end tests drive: display, window manager, sound server, keyring, file manager, screen reader.
TEST_PACKAGES="xvfb openbox xdotool xclip pulseaudio pulseaudio-utils dbus gnome-keyring libsecret-tools pcmanfm
  at-spi2-core python3-pyatspi ffmpeg openssl curl playerctl"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

has() { "$1" -c "import $2" 2>/dev/null; }

choose_python() {
  for PYTHON in ${GIVEN:-python3 python3.13 python3.12 python3.11}; do
    ! new_enough "$PYTHON" || return 0
  done
  fail "AI Music Desktop needs Python 3.11 or newer. Install it, or say where it is: make PYTHON=/path/to/python …"
}

# A name that another package provides counts as installed (libglib2.0-0 is libglib2.0-0t64 elsewhere).
missing_packages() {
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' |
    tr ',' '\n' | awk '{ print $1 }')
  for package; do
    printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif sudo -n true 2>/dev/null || [ -t 0 ]; then
    sudo "$@"
  else
    return 1
  fi
}

system_packages() {
  [ "$(uname)" = Linux ] || return 0
  if ! command -v dpkg-query >/dev/null; then
    say "Your system should have these, whatever it calls them: $*"
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  say "Installing system packages: $missing"
  # shellcheck disable=SC2086  # the list is meant to fall into words
  as_root sh -c 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@"' \
    apt $missing >/dev/null ||
    say "That cannot be done from here; going on without. By hand: apt-get install --no-install-recommends $missing"
}

pip_install() {
  if has "$VENV/bin/python" pip; then
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
  else
    "$PYTHON" -m pip --python "$VENV/bin/python" install --quiet --disable-pip-version-check "$@"
  fi
}

version() { "$1" -c 'import sys; print(*sys.version_info[:2], sep=".")'; }

# make PYTHON=… must not quietly use an environment that another Python made.
check_version() {
  [ -n "$GIVEN" ] && [ -x "$VENV/bin/python" ] || return 0
  wanted=$(version "$PYTHON")
  [ "$(version "$VENV/bin/python")" = "$wanted" ] ||
    fail "$VENV was made by another Python. Name a folder for this one: make PYTHON=$PYTHON VENV=.venv-$wanted …"
}

python_packages() {
  ! cat "$PINNED" pyproject.toml | cmp -s - "$STAMP" || return 0
  say "Installing the pinned Python packages into $VENV (some 300 MB, once)"
  # Debian keeps ensurepip apart, in python3-venv; its pip can fill the environment from outside.
  if has "$PYTHON" ensurepip; then without=; else without=--without-pip; fi
  [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv $without "$VENV"
  pip_install --require-hashes -r "$PINNED"
  pip_install --no-deps --no-build-isolation -e .
  cat "$PINNED" pyproject.toml >"$STAMP"
}

case "${1:-}" in
run) packages=$RUN_PACKAGES ;;
test) packages="$RUN_PACKAGES $TEST_PACKAGES" ;;
*) fail "Usage: packaging/setup.sh run|test" ;;
esac
choose_python
check_version
# shellcheck disable=SC2086  # the list is meant to fall into words
system_packages $packages
python_packages
