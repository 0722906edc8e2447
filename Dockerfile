# The production image; docker-compose.yml runs web, worker, beat and migrate from it.
FROM python:3.13-slim-bookworm AS parts
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock

FROM python:3.13-slim-bookworm
RUN useradd --system --create-home --uid 10001 agreement \
    && install --directory --owner=agreement /data
WORKDIR /app
COPY --from=parts /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=agreement.settings \
    STATIC_ROOT=/app/staticfiles \
    DATA_DIR=/data
# The static files need the settings, and the settings a key: this one signs nothing and stays in this line.
RUN SECRET_KEY=for-collectstatic-only-and-never-kept DATA_DIR=/tmp/build \
    python manage.py collectstatic --no-input --verbosity=0 && rm -rf /tmp/build
USER agreement
VOLUME /data
EXPOSE 8000
# TERM lets the requests under way finish; a worker that has served 2000 is replaced, so that no leak lives long.
STOPSIGNAL SIGTERM
CMD ["gunicorn", "agreement.wsgi:application", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", \
     "--graceful-timeout=30", "--max-requests=2000", "--max-requests-jitter=200", "--worker-tmp-dir=/dev/shm", \
     "--access-logfile=-"]
