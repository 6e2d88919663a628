# ./parley install: Parley as services of systemd, on a machine that does nothing else, or little. Again: brings what runs to this
# checkout, one process after the other. docs/deployment.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build state services haproxy; do . "$root/scripts/lib/$part.sh"; done
. "$root/scripts/commands/secrets.sh"

lib=/usr/local/lib/parley
etc=/etc/parley
units=/etc/systemd/system
# What runs at first; who adds one with systemctl keeps it (docs/deployment.md).
first_instances=(auth-svc@8131 presence-svc@8151 msg-svc@8141 msg-svc@8142 unfurl@8121 media-svc@8111 gateway@8101 gateway@8102)

cmd_install() {
  local stopped=false
  if [ "${1:-}" = --stopped ]; then
    stopped=true
    shift
  fi
  [ $# -eq 0 ] || die "usage: ./parley install [--stopped]; /etc/parley/parley.env says how, after the first time"
  [ "$EUID" -eq 0 ] || die "install needs root: sudo ./parley install"
  [ -d /run/systemd/system ] || die "systemd does not run here; ./parley up needs none"
  ensure_packages "${packages_run[@]}" "${packages_build[@]}"
  build_programs_for_install
  build_web
  ensure_service_user
  install_files
  install_settings
  install_secrets
  install_cluster
  install_units
  enable_first
  if $stopped; then
    say "Parley is installed, and nothing of it was started. systemctl start parley.target does that; it starts with the machine"
    return 0
  fi
  start_all
  say "Parley runs. /etc/parley/parley.env has its settings, journalctl -u 'parley-*' what it says; it starts with the machine"
}

build_programs_for_install() {
  local targets=(parley-admin) kind
  for kind in "${kinds[@]}"; do targets+=("parley-$kind"); done
  build_c release "${targets[@]}"
}

# All that is not of this machine, new beside the old and then in its place: what runs keeps its files until it is restarted.
install_files() {
  local bin
  rm -rf "$lib.new"
  mkdir -p "$lib.new/bin" "$lib.new/scripts" "$lib.new/deploy" "$lib.new/docs"
  # Their helpers, too, which they start from beside themselves.
  install -m 755 "$cache"/build/release/bin/parley-* "$lib.new/bin/"
  # Debian ships the Redis server inside redis-tools: the program is the server when it is called by that name.
  ln -s "$(command -v redis-server || command -v redis-check-rdb)" "$lib.new/bin/redis-server"
  bin=$(postgres_bin "$(cat /var/lib/parley/postgres/PG_VERSION 2>/dev/null || true)")
  [ -n "$bin" ] || die "the cluster in /var/lib/parley/postgres needs PostgreSQL $(cat /var/lib/parley/postgres/PG_VERSION)"
  ln -s "$bin/postgres" "$lib.new/bin/postgres"
  cp -R "$root/web/dist" "$lib.new/web"
  cp -R "$root/deploy/sql" "$lib.new/deploy/sql"
  install -m 644 "$root/docs/deployment.md" "$lib.new/docs/"
  install -m 644 "$root/protocol/openapi.yaml" "$root/deploy/haproxy.cfg" "$root"/deploy/systemd/{postgres,redis}.conf "$lib.new/"
  install -m 755 "$root"/scripts/{install-admin,install-migrate,image-migrate,migrate,set-passwords} "$lib.new/scripts/"
  chmod -R a+rX "$lib.new"
  rm -rf "$lib.old"
  [ ! -e "$lib" ] || mv "$lib" "$lib.old"
  mv "$lib.new" "$lib"
  rm -rf "$lib.old"
  ln -sfn "$lib/scripts/install-admin" /usr/local/sbin/parley-admin
}

# Whoever looks after the machine changes these; they are written once.
install_settings() {
  local maxconn
  # Within the units' limit of files, and within this machine's.
  maxconn=$(balancer_maxconn)
  [ "$maxconn" -lt 30000 ] || maxconn=30000
  mkdir -p "$etc"
  [ -e "$etc/parley.env" ] || cat >"$etc/parley.env" <<EOF
# Settings of Parley: any of docs/configuration.md and docs/edge.md, NAME=value. Then: systemctl restart parley.target
PARLEY_BALANCER_BIND=${PARLEY_BIND:-127.0.0.1}:${PARLEY_PORT:-8080}
PARLEY_BALANCER_TLS=
PARLEY_BALANCER_MAXCONN=$maxconn
# For the world, with a certificate chain and its key in one file that the group _parley may read:
# PARLEY_BALANCER_BIND=*:443
# PARLEY_BALANCER_TLS=ssl crt /etc/parley/tls.pem alpn h2,http/1.1
PARLEY_LOG_LEVEL=info
EOF
  # It may hold the secret of an object store.
  chmod 640 "$etc/parley.env"
  [ -e "$etc/servers.cfg" ] || cat >"$etc/servers.cfg" <<'EOF'
# The gateways and media-svcs of this machine. Then: systemctl reload parley-haproxy
backend gateways
    balance leastconn
    server gateway-8101 127.0.0.1:8101
    server gateway-8102 127.0.0.1:8102

backend pages
    balance roundrobin
    http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    server gateway-8101 127.0.0.1:8101
    server gateway-8102 127.0.0.1:8102

backend media
    balance leastconn
    # A large file moves all the time; one that stands still is ended by media-svc, after 30 s.
    timeout server 60s
    # Of all that the server has of somebody nothing may come for a while, where much is looked through for little.
    http-request set-timeout server 600s if { path /media/mine }
    server media-svc-8111 127.0.0.1:8111
EOF
}

# For root alone; systemd hands each process its own.
install_secrets() {
  local role
  install -d -m 700 "$etc/secrets"
  for role in postgres auth msg media; do keep_secret "$etc/secrets/${role}_password" "$(random_hex 24)"; done
  keep_secret "$etc/secrets/key_secret" "$(random_hex 32)"
  for role in auth msg media; do
    keep_secret "$etc/secrets/${role}_database_url" \
      "postgresql://parley_$role:$(cat "$etc/secrets/${role}_password")@/parley?host=/run/parley-postgres"
  done
  chown -R root:root "$etc/secrets"
  chmod 700 "$etc/secrets"
  chmod 400 "$etc/secrets"/*
}

install_cluster() {
  local dir=/var/lib/parley/postgres bin
  [ ! -e "$dir/PG_VERSION" ] || return 0
  say "Making the PostgreSQL cluster ($dir)"
  [ ! -e "$dir" ] || die "$dir is there and is no cluster of PostgreSQL; move it away"
  bin=$(postgres_bin)
  rm -rf "$dir.new"
  mkdir -p "${dir%/*}"
  install -d -o "$service_user" -g "$service_user" -m 700 "$dir.new"
  # shellcheck disable=SC2016  # For the inner shell.
  (cd / && setpriv --reuid "$service_user" --regid "$service_user" --clear-groups bash -c 'exec "$@" --pwfile=<(cat)' _ \
    "$bin/initdb" -D "$dir.new" -U parley --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions \
    <"$etc/secrets/postgres_password" >/dev/null) || die "the PostgreSQL cluster could not be made (above)"
  # Renamed when complete: a cluster half made is never taken for one.
  mv "$dir.new" "$dir"
}

install_units() {
  install -m 644 "$root"/deploy/systemd/*.service "$root/deploy/systemd/parley.target" "$units/"
  install -D -m 644 -t "$units/parley-.service.d" "$root/deploy/systemd/parley-.service.d/hardening.conf"
  systemctl daemon-reload
  systemctl enable --quiet parley.target
}

# Every instance that is enabled: those of the first time, and what was added.
instances() {
  systemctl list-unit-files --state=enabled --no-legend "parley-*@*.service" 2>/dev/null | awk "\$1 !~ /@[.]service\$/ { print \$1 }" || true
  find "$units/parley.target.wants" -name 'parley-*@*.service' -printf '%f\n' 2>/dev/null
}

enable_first() {
  local unit
  [ -z "$(instances)" ] || return 0
  for unit in "${first_instances[@]}"; do systemctl enable --quiet "parley-$unit.service"; done
}

start_all() {
  local unit
  systemctl start parley-postgres parley-redis
  # Its own words say what is wrong.
  systemctl restart parley-migrate || { journalctl -u parley-migrate -n 20 --no-pager >&2 && die "the schema could not be moved (above)"; }
  # One after the other, so that those of a kind are never all away.
  for unit in $(instances | sort -u); do
    systemctl restart "$unit"
    await "${PARLEY_UP_TIMEOUT:-60}" unit_ready "$unit" || {
      journalctl -u "$unit" -n 10 --no-pager >&2
      die "$unit is not ready (above). What was to be restarted after it still runs as before"
    }
  done
  systemctl start parley-haproxy || { journalctl -u parley-haproxy -n 20 --no-pager >&2 && die "the balancer does not start (above)"; }
  systemctl reload parley-haproxy
  systemctl start parley.target
  await 30 curl -fsS -o /dev/null --max-time 2 http://127.0.0.1:18404/readyz || die "the balancer sees no gateway; journalctl -u parley-haproxy says more"
}
# Its admin port is its number with a 1 before it.
unit_ready() {
  local number=${1#*@}
  curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:1${number%.service}/readyz" 2>/dev/null
}
