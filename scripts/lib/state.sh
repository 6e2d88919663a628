# What an instance keeps: ports, secrets, how many of each process, settings handed on. Sourced.
# shellcheck shell=bash

prepare_state() {
  mkdir -p "$state"
  ensure_service_user
  if [ -n "$drop_note" ] && [ ! -e "$state/pg" ]; then note "$drop_note"; fi
  if [ -e "$state/pg" ] && [ "$EUID" -ne 0 ] && [ ! -O "$state/pg" ]; then
    die "$state belongs to another user: it was started as root. Use sudo ./parley, or another PARLEY_STATE_DIR"
  fi
  # Written anew at each start; of what an older version left there nothing is taken over.
  supervisor_pid >/dev/null || rm -rf "$services" "$scan" "$state/env"
  keep_dir "$state/run" 700
  local dir
  for dir in "$state/log" "$state/env" "$scan" "$services"; do keep_dir "$dir" 750; done
  find "$state/log" "$state/run" -maxdepth 1 -type l -delete
  leave_dir "$state/redis"
  leave_dir "$scan/.s6-svscan"
  mkdir -p "$cache/bin"
  # Debian ships the Redis server inside redis-tools: the program is the server when it is called by that name.
  ln -sfn "$(command -v redis-server || command -v redis-check-rdb)" "$cache/bin/redis-server"
  [ ! -e "$state/ports" ] || give "$state/ports" 600
  local secret
  for secret in postgres auth_database msg_database media_database redis; do ensure_secret "$secret" 24; done
  ensure_secret key 32
}

# What the caller of `up` chose, for the commands after it.
record_instance() {
  remember "$state/instance" port "$(public_port)"
  remember "$state/instance" bind "$(public_bind)"
  remember "$state/instance" build "$(build_name)"
  remember "$state/instance" tls "$(tls_pem)"
}

# ---- secrets: $state/secrets.env, mode 0600, each made once from the kernel's random source ----

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
ensure_secret() {
  recall "$state/secrets.env" "$1" >/dev/null && return 0
  (umask 077 && printf '%s %s\n' "$1" "$(random_hex "$2")" >>"$state/secrets.env") || die "$state/secrets.env could not be written"
}
secret() { recall "$state/secrets.env" "$1" || die "$state/secrets.env lacks \"$1\"; ./parley up makes it"; }

# ---- inner ports: chosen free at first use, kept, loopback only ----

# Who listens on a port, on any address?
port_taken() {
  awk -v p="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == p { f = 1 } END { exit !f }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}
port_holder() { ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:((\(.*\)))/\1/p' | head -n 1; }
# port_of NAME: prints it. Below the range from which the kernel takes ports for outgoing connections.
port_of() {
  local port
  if recall "$state/ports" "$1"; then return 0; fi
  while :; do
    port=$((15000 + SRANDOM % 16000))
    if port_taken "$port" || grep -qs " $port\$" "$state/ports"; then continue; fi
    remember "$state/ports" "$1" "$port"
    printf '%s\n' "$port"
    return 0
  done
}

# ---- how many ----

scale_of() {
  recall "$state/scale" "$1" && return 0
  case $1 in
    gateway | msg-svc) echo 2 ;;
    # Where links are not looked at nobody is needed for it.
    unfurl) if grep -q "^PARLEY_LINK_PREVIEWS='false'" "$settings" 2>/dev/null; then echo 0; else echo 1; fi ;;
    *) echo 1 ;;
  esac
}
# Names of our own processes that there should be.
wanted_names() {
  local kind i
  for kind in "${kinds[@]}"; do
    for ((i = 1; i <= $(scale_of "$kind"); i++)); do printf '%s-%d\n' "$kind" "$i"; done
  done
}
kind_of() { printf '%s' "${1%-[0-9]*}"; }

# ---- settings: what the caller of `up` set, kept so that a later `scale` starts the same ----

settings=$state/settings.env
record_settings() { put "$settings" 600 < <(settings_given) || true; }
settings_given() {
  local name
  while IFS= read -r name; do
    case $name in
      PARLEY_STATE_DIR | PARLEY_PORT | PARLEY_BIND | PARLEY_BUILD | PARLEY_BUILD_JOBS | PARLEY_TLS_PEM | PARLEY_UP_TIMEOUT) ;;
      PARLEY_* | ASAN_OPTIONS | UBSAN_OPTIONS | LSAN_OPTIONS) printf '%s=%s\n' "$name" "$(quote "${!name}")" ;;
    esac
  done < <(compgen -e | LC_ALL=C sort)
}
# Of settings, those that are the balancer's alone.
edge_names='PARLEY_(UNLIMITED_ADDRESSES|FRONT_PROXIES|CONNECTIONS_PER_ADDRESS|CONNECTIONS_WHEN_CROWDED|NEW_CONNECTIONS_PER_ADDRESS|REQUESTS_PER_ADDRESS|HSTS_SECONDS)'
settings_of_balancer() { grep -E "^$edge_names=" || true; }
# Asks each program about the settings given, before anything that runs is touched.
check_settings() {
  local kind settings=$state/settings.env.given said
  put "$settings" 600 < <(settings_given) || true
  for kind in "${kinds[@]}"; do
    # shellcheck disable=SC2016  # For the inner shell.
    said=$(env_of "$kind-1" | as_service env -i PATH="$PATH" sh -c 'set -a; eval "$(cat)"; exec "$1" --print-config' _ \
      "$(program_of "$kind-1")" 2>&1 >/dev/null) || {
      rm "$settings"
      die "$kind refuses its settings; nothing was changed:"$'\n'"$said"
    }
  done
  rm "$settings"
}

# Whether Redis is the instance's own, or somebody's who is named by PARLEY_REDIS_URL, a cluster for instance.
own_redis() { ! grep -qs "^PARLEY_REDIS_URL='[^']" "$settings"; }

# The environment of one of our own processes, as lines a shell reads. What the instance itself decides comes last.
env_of() {
  local name=$1 kind
  kind=$(kind_of "$name")
  if [ "$(build_name)" = asan ] && ! grep -q '^ASAN_OPTIONS=' "$settings"; then
    # A finding ends the process and stays in a file: tests look for such files.
    printf 'ASAN_OPTIONS=%s\n' "$(quote "log_path=$state/log/$name/sanitizer:detect_leaks=1")"
    printf 'UBSAN_OPTIONS=%s\n' "$(quote "log_path=$state/log/$name/sanitizer:print_stacktrace=1")"
  fi
  # Who speaks with the world is told nothing of anything else.
  if [ "$kind" = unfurl ]; then
    grep -E '^(PARLEY_(DRAIN_MS|LOG_LEVEL|UNFURL_ALLOW)|[A-Z]+SAN_OPTIONS)=' "$settings" || true
  elif [ "$kind" = media-svc ]; then
    grep -vE "^$edge_names=" "$settings" || true
  else
    grep -vE "^($edge_names|PARLEY_S3_[A-Z_]+)=" "$settings" || true
  fi
  printf 'PARLEY_ADMIN_LISTEN=127.0.0.1:%s\n' "$(port_of "$name.admin")"
  if [ "$kind" = unfurl ]; then
    printf 'PARLEY_UNFURL_LISTEN=127.0.0.1:%s\n' "$(port_of "$name")"
    return 0
  fi
  if own_redis; then printf 'PARLEY_REDIS_URL=%s\n' "$(quote "redis://:$(secret redis)@127.0.0.1:$(port_of redis)")"; fi
  case $kind in
    gateway)
      printf 'PARLEY_LISTEN=127.0.0.1:%s\n' "$(port_of "$name")"
      printf 'PARLEY_TRUSTED_PROXIES=127.0.0.1\n'
      printf 'PARLEY_WEB_DIR=%s\n' "$(quote "$root/web/dist")"
      printf 'PARLEY_OPENAPI_FILE=%s\n' "$(quote "$root/protocol/openapi.yaml")"
      ;;
    auth-svc)
      printf 'PARLEY_AUTH_DATABASE_URL=%s\n' "$(quote "$(database_url parley_auth auth_database)")"
      printf 'PARLEY_KEY_SECRET=%s\n' "$(secret key)"
      ;;
    msg-svc) printf 'PARLEY_MSG_DATABASE_URL=%s\n' "$(quote "$(database_url parley_msg msg_database)")" ;;
    media-svc)
      printf 'PARLEY_LISTEN=127.0.0.1:%s\n' "$(port_of "$name")"
      printf 'PARLEY_TRUSTED_PROXIES=127.0.0.1\n'
      printf 'PARLEY_MEDIA_DATABASE_URL=%s\n' "$(quote "$(database_url parley_media media_database)")"
      printf 'PARLEY_UNFURL_ADDRESS=127.0.0.1:%s\n' "$(port_of unfurl-1)"
      ;;
  esac
}
database_url() { printf 'postgresql://%s:%s@127.0.0.1:%s/parley' "$1" "$(secret "$2")" "$(port_of postgres)"; }

# What a command needs that asks the database of a running instance.
need_database() {
  ! is_up postgres || return 0
  [ -e "$state/instance" ] || [ ! -e /etc/parley/parley.env ] ||
    die "there is no instance in $state; the server that ./parley install made is steered by systemctl (docs/deployment.md), and backed up with --systemd (docs/backup.md)"
  die "the database does not run; ./parley up starts it"
}

# Only the one who started an instance, or root, can steer it.
check_control() {
  [ "$EUID" -eq 0 ] || [ ! -e "$services" ] || [ -w "$services" ] ||
    die "$state belongs to another user: it was started as root. Use sudo ./parley"
}
