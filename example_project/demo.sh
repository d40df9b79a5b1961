#!/bin/sh
# What `make demo` runs: migrates the example project, makes a user, serves, processes
# again what failed, and lets the simulator play DocuSign Connect against it. Ctrl-C ends
# all of it.
set -eu
cd "$(dirname "$0")/.."

host=${HOST:-127.0.0.1}
port=${PORT:-8000}
site=http://127.0.0.1:$port
python=.venv/bin/python
manage=example_project/manage.py

# A database that the environment names may be a real one: no admin/admin in there.
unset DATABASE_URL
export DJANGO_DEBUG="${DJANGO_DEBUG:-true}"
if [ -z "${DOCUSIGN_CONNECT_HMAC_KEYS:-}" ]; then
    DOCUSIGN_CONNECT_HMAC_KEYS=$($python -c 'import secrets; print(secrets.token_urlsafe(32))')
fi
export DOCUSIGN_CONNECT_HMAC_KEYS

# A seed whose first story is about a lease, so that the host's side is seen at once.
choose_seed() {
    $python -c '
from django_docusign_connect.simulator import choose_seed, tell

seed = choose_seed()
while "Lease" not in tell("signed-by-two", seed=seed)[0].envelope.subject:
    seed += 1
print(seed)
'
}

is_free() {
    $python -c 'import socket, sys; socket.create_server((sys.argv[1], int(sys.argv[2])))' \
        "$host" "$port" 2>/dev/null
}

is_served() {
    $python -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2)' \
        "$site/docusign/health/" 2>/dev/null
}

if ! is_free; then
    echo "Port $port of $host cannot be used. Try another: make demo PORT=8001" >&2
    exit 2
fi

$python $manage migrate --verbosity 0
$python $manage shell --verbosity 0 --command '
from django.contrib.auth.models import User

if not User.objects.filter(username="admin").exists():
    User.objects.create_superuser("admin", "admin@example.com", "admin")
'

$python -m gunicorn example_project.wsgi --bind "$host:$port" --threads 8 \
    --log-level warning &
server=$!
worker=
player=
trap 'kill $player $worker $server 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM

tries=0
until is_served; do
    tries=$((tries + 1))
    if [ $tries -gt 60 ] || ! kill -0 $server 2>/dev/null; then
        echo "The example project does not answer at $site." >&2
        exit 1
    fi
    sleep 0.5
done
# It says how far it is, which nobody needs to read here.
$python $manage docusign_process --watch >/dev/null &
worker=$!

echo "Telling what has happened in the last weeks ..."
$python $manage docusign_simulate --url "$site/docusign/connect/" --count 4 \
    >/dev/null || echo "The simulator ended with an error; see above." >&2

cat <<EOF

  Live page   $site/
  Admin       $site/admin/   user admin, password admin
  Read API    $site/api/docusign/v1/envelopes/   once logged in to the admin

Open one of them now and watch: the simulator plays DocuSign Connect. Ctrl-C ends it.

EOF
$python $manage docusign_simulate --url "$site/docusign/connect/" --rate 1 \
    --seed "$(choose_seed)" &
player=$!
wait $player || echo "The simulator ended with an error; see above." >&2
player=

cat <<EOF

The stories are told, and the site stays up until Ctrl-C. For more of them:

  DOCUSIGN_CONNECT_HMAC_KEYS=$DOCUSIGN_CONNECT_HMAC_KEYS \\
    $python $manage docusign_simulate --url $site/docusign/connect/ --rate 1

EOF
wait $server
