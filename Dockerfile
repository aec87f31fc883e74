FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 VAR_DIR=/var/lib/caracol
WORKDIR /srv/caracol

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/base.txt

COPY manage.py gunicorn.conf.py ./
COPY caracol caracol
COPY conduct conduct
COPY grievances grievances
COPY static static
COPY templates templates

RUN useradd --uid 10001 --home-dir /var/lib/caracol --create-home caracol \
 && install --directory --owner caracol --mode 700 /var/lib/caracol/files
USER caracol

EXPOSE 8000
CMD ["sh", "-c", "python manage.py collectstatic --noinput --verbosity 0 && exec gunicorn --bind 0.0.0.0:8000 caracol.wsgi"]
