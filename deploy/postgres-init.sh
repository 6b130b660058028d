#!/bin/sh
# Runs once, when the database is made: backups (and replicas) may read the server's files over the inner network, with the password.
echo "host replication portal_owner samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
