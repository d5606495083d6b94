#!/bin/sh
# Prints where nginx is. Installs Debian's package when it is missing and that is possible.
PATH="$PATH:/usr/sbin:/usr/local/sbin"
find_it() {
    command -v "${NGINX:-nginx}"
}
find_it && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "Installing nginx for the tests of deploy/." >&2
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends nginx; } >/dev/null 2>&1
    find_it && exit 0
fi
echo "The tests of deploy/ need nginx, and it was not found: install it (Debian: apt-get install nginx, as root), or set NGINX to its path." >&2
exit 2
