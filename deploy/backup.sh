#!/bin/sh
# The service `backup`: see docs/adr/0031. A failure is told in the log and tried again a minute later; nothing is deleted here but
# segments that lie encrypted in both places, and once a day what is older than BACKUP_DAYS (docs/adr/0033).
set -u
day=""
while :; do
    python manage.py backup wal /var/lib/postgresql/archive || echo "backup wal failed" >&2
    today=$(date -u +%Y%m%d)
    if [ "$day" != "$today" ] && [ "$(date -u +%H)" -ge 18 ]; then  # 02:00 in Beijing
        if python manage.py backup dump; then day=$today; else echo "backup dump failed" >&2; fi
        if [ "$(date -u +%u)" = 7 ] || ! ls /backups/portal-*.tar.age >/dev/null 2>&1; then
            python manage.py backup base || echo "backup base failed" >&2
        fi
        python manage.py backup clear || echo "backup clear failed" >&2
    fi
    sleep 60
done
