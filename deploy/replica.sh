#!/bin/sh
# The service `replica` (profile "replica", on another host in earnest): copies the primary once, then follows it. Promote it with
# `pg_ctl promote` when the primary is lost, and point the pool there; see docs/operations.md.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA" && chown postgres:postgres "$PGDATA" && chmod 0700 "$PGDATA"
    until PGPASSWORD="$OWNER_DATABASE_PASSWORD" gosu postgres pg_basebackup --host=postgres --username=portal_owner \
        --pgdata="$PGDATA" --wal-method=stream --write-recovery-conf --create-slot --slot=replica; do
        rm -rf "${PGDATA:?}"/*
        sleep 5
    done
fi
exec docker-entrypoint.sh postgres -c hot_standby=on
