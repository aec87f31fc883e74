# Two images: the site (the last stage), and the proxy in front of it (docker build --target proxy).

FROM python:3.11-slim-bookworm AS base
ENV PATH=/srv/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static
WORKDIR /srv/caracol

FROM base AS build
RUN python -m venv /srv/venv
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/base.txt
COPY manage.py gunicorn.conf.py ./
COPY caracol caracol
COPY conduct conduct
COPY grievances grievances
COPY locale locale
COPY static static
COPY templates templates
# The secrets that the embedded default makes for itself stay in this stage.
RUN VAR_DIR=/tmp/var python manage.py collectstatic --noinput --verbosity 0

FROM caddy:2-alpine AS proxy
# No port below 1024 is opened inside, so it needs none of root's powers.
RUN setcap -r /usr/bin/caddy && install -d -o 10002 -g 10002 -m 700 /data /config
COPY Caddyfile /etc/caddy/Caddyfile
USER 10002:10002

FROM base
# For backups: pg_dump. Debian's release pins its version to that of the server.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /srv /srv
RUN useradd --uid 10001 --home-dir /var/lib/caracol --create-home caracol \
 && install --directory --owner caracol --mode 700 /var/lib/caracol/files
ENV VAR_DIR=/var/lib/caracol
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "caracol.wsgi"]
