#!/bin/sh
# Creates the database once, then runs what it is given. Reads, as the official image does: POSTGRES_USER,
# POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE, POSTGRES_DB, PGDATA.
set -eu

case "${1:-}" in -*) set -- postgres "$@" ;; esac

if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    password=${POSTGRES_PASSWORD:-}
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then password=$(cat "$POSTGRES_PASSWORD_FILE"); fi
    if [ -z "$password" ]; then
        echo "POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE must be set" >&2
        exit 1
    fi
    umask 077
    mkdir -p "$PGDATA"
    # Without PG_VERSION, whatever lies here is of an attempt that was cut short.
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
    printf '%s' "$password" >/tmp/password
    initdb --pgdata="$PGDATA/.new" --username="$user" --pwfile=/tmp/password --auth-local=trust \
        --auth-host=scram-sha-256 --encoding=UTF8 --no-instructions \
        --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 \
        --set listen_addresses='*' --set unix_socket_directories=/var/run/postgresql
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/.new/pg_hba.conf"
    if [ "$database" != postgres ]; then
        echo "CREATE DATABASE \"$database\";" | postgres --single -D "$PGDATA/.new" postgres >/dev/null
    fi
    # PG_VERSION last: it says that the rest is whole.
    find "$PGDATA/.new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv {} "$PGDATA/" \;
    mv "$PGDATA/.new/PG_VERSION" "$PGDATA/"
    rmdir "$PGDATA/.new"
elif [ "${1:-}" = postgres ]; then
    # When a volume is mounted again, the kubelet opens it to the pod's fsGroup; the server refuses such a folder.
    chmod 0700 "$PGDATA"
fi
exec "$@"
