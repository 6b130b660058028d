# Production image of the portal: web, worker, beat and the migrate job. Built without the one-machine servers.
FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS build
WORKDIR /app
COPY requirements/base.txt requirements/source.txt requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements/base.txt \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --no-build-isolation -r requirements/source.txt

FROM node:22-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c AS fonts
WORKDIR /fonts
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
    && mkdir out \
    && find node_modules/@expo-google-fonts/noto-serif-sc \( -name '*400Regular.ttf' -o -name '*700Bold.ttf' \) -exec cp {} out/ \;

# PostgreSQL's own programs of the server's version, with the libraries they want, for the service `backup`
FROM postgres:18-bookworm@sha256:1961f96e6029a02c3812d7cb329a3b03a3ac2bb067058dec17b0f5596aca9296 AS client
RUN mkdir -p /client/bin /client/lib \
    && cp /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/lib/postgresql/18/bin/pg_basebackup /client/bin/ \
    && ldd /client/bin/* | awk '$2 == "=>" {print $3}' | grep -Ev '/(libc|libm|ld-linux[^/]*)\.so' | sort -u | xargs -I{} cp {} /client/lib/

FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS portal
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
    && mkdir -p /data/files /data/var /journal /anchors && chown -R portal:portal /data /journal /anchors
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TZ=UTC \
    DJANGO_SETTINGS_MODULE=portal.settings \
    PORTAL_VAR=/data/var FILES_ROOT=/data/files FONT_DIR=/fonts STATIC_ROOT=/app/static-collected
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=fonts /fonts/out /fonts
COPY . .
# static files need the settings but no secret of the installation: throw-away test keys, gone with this layer's step
RUN cp /venv/lib/python3.11/site-packages/noto_cjk_sans_otc/*.ttc /fonts/ \
    && python -m portal.collect_static \
    && chown -R portal:portal /app/static-collected
USER portal
EXPOSE 8000
CMD ["uvicorn", "portal.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--http", "portal.lines:Line", "--lifespan", "off", "--no-access-log", "--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown", "10"]

FROM portal AS backup
COPY --from=client /client /opt/postgresql
ENV PG_BINDIR=/opt/postgresql/bin LD_LIBRARY_PATH=/opt/postgresql/lib
CMD ["sh", "/app/deploy/backup.sh"]

# PgBouncer as Debian has it; the pool's image holds nothing of the portal
FROM postgres:18-bookworm@sha256:1961f96e6029a02c3812d7cb329a3b03a3ac2bb067058dec17b0f5596aca9296 AS pool
RUN apt-get update && apt-get install -y --no-install-recommends pgbouncer && rm -rf /var/lib/apt/lists/*
USER postgres

# the image of every other service is the last one
FROM portal
