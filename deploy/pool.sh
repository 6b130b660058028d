#!/bin/sh
# The service `pool`: PgBouncer in transaction mode in front of the primary. Users and passwords come from the environment and stand in
# memory only (/tmp is a tmpfs). LISTEN, migrations and backups go past it.
set -eu
umask 077
printf '"portal_app" "%s"\n"portal_zone" "%s"\n' "$APP_DATABASE_PASSWORD" "$ZONE_DATABASE_PASSWORD" > /tmp/users.txt
cat > /tmp/pool.ini <<INI
[databases]
portal = host=postgres port=5432 dbname=portal
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
auth_type = scram-sha-256
auth_file = /tmp/users.txt
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 40
reserve_pool_size = 10
query_wait_timeout = 5
server_check_delay = 10
ignore_startup_parameters = extra_float_digits
unix_socket_dir =
INI
exec pgbouncer /tmp/pool.ini
