#!/usr/bin/env bash
# Installs the real portal software that `make test-platforms` harvests on loopback: WordPress, MariaDB, PHP, PostgreSQL and nginx
# from Debian, Plone, Wagtail, CKAN and an OAI-PMH server from PyPI (each in a virtual environment of its own, .venv-plone …).
# Needs Debian or Ubuntu and root for the packages; what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3}

wanted=()
for package in wordpress mariadb-server php-cli php-mysql php-xml wordpress-theme-twentytwentythree nginx postgresql libpq-dev; do
  dpkg -s "$package" >/dev/null 2>&1 || wanted+=("$package")
done
if [ ${#wanted[@]} -gt 0 ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq -o Acquire::Retries=3
  # no package may start a server of its own: the tests start theirs on loopback
  $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "${wanted[@]}" >/dev/null
fi

venv() { # venv NAME REQUIREMENT…
  local folder=.venv-$1
  shift
  [ -e "$folder/.complete" ] && return
  rm -rf "$folder"
  "$PYTHON" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
  touch "$folder/.complete"
}

venv oai "pyoai==2.5.0" setuptools
venv plone "Products.CMFPlone>=6,<6.3" "plone.restapi" "plone.app.layout<7" "plone.volto"
venv wagtail "wagtail>=7,<8"
venv ckan "ckan[requirements]>=2.12,<2.13"
