#!/bin/sh
# Builds the virtual environment from the lock file (hashes checked). Does nothing when it is current.
set -eu
venv=$1
stamp=$2
wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "OpenInfusion needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2
  exit 1
}
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
"$venv/bin/python" -c "from openinfusion.planner import warm_up; warm_up()" # compile the planner once, not at the first plan
echo "$wanted" > "$stamp"
