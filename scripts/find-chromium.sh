#!/bin/sh
# Prints where Chromium is. Installs Debian's package when it is missing and that is possible.
find_it() {
    for name in "${CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}
find_it && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "Installing Chromium for the browser tests." >&2
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium; } >/dev/null 2>&1
    find_it && exit 0
fi
echo "The browser tests need Chromium, and it was not found: install it (Debian: apt-get install chromium), or set CHROMIUM to its path." >&2
exit 2
