# One server in a container, for podman and docker: docs/containers.md says how to run it.
#   podman build --format docker -t process-registry .

FROM docker.io/library/node:24-bookworm AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts --no-fund --no-audit \
 && npm run build \
 && npm prune --ignore-scripts --omit=dev --no-fund --no-audit \
 && mkdir -p /product/dist \
 && mv package.json LICENSE contrib node_modules /product \
 && mv dist/bundle dist/launcher dist/worker dist/adapters dist/THIRD-PARTY-NOTICES.txt /product/dist

FROM docker.io/library/node:24-bookworm-slim
# Debian's packages for programs: bubblewrap makes the sandbox; add what your definitions run.
ARG PACKAGES=bubblewrap
RUN if [ -n "$PACKAGES" ]; then \
      apt-get update && apt-get install -y --no-install-recommends $PACKAGES && rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=build /product /opt/process-registry
RUN ln -s /opt/process-registry/dist/bundle/main.js /usr/local/bin/procreg && install -d -m 0700 -o 1000 -g 1000 /data
# TERM stops runs and records that, since nothing outlives a container: GRACE for open requests and GRACE for programs are less than the
# 10 s after which podman and docker kill.
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json ON_SHUTDOWN=stop GRACE=4s
USER 1000
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "/opt/process-registry/contrib/container/healthcheck.mjs"]
ENTRYPOINT ["procreg"]
CMD ["server", "serve"]
