# The containers of docker-compose.yml, for backup, restore and export. Which project and which files: Compose's own variables,
# COMPOSE_PROJECT_NAME, COMPOSE_FILE, or the checkout's .env. Sourced by place.sh.
# shellcheck shell=bash disable=SC2034  # What is set here is read there.

place_up='docker compose up -d'
place_down='docker compose stop'
compose_secrets=${PARLEY_SECRETS_DIR:-$(sed -n 's/^PARLEY_SECRETS_DIR=//p' "$root/.env" 2>/dev/null | grep . || echo .parley/secrets)}
case $compose_secrets in /*) ;; *) compose_secrets=$root/$compose_secrets ;; esac

compose() {
  if docker compose version >/dev/null 2>&1; then (cd "$root" && docker compose "$@"); else (cd "$root" && docker-compose "$@"); fi
}
must_be_composed() {
  have docker || have docker-compose || die "there is no Docker here"
  [ -s "$compose_secrets/key_secret" ] || die "$compose_secrets has no secrets; ./parley secrets makes them (PARLEY_SECRETS_DIR)"
}
# The services that run, a line each. Both programs that are called Compose know no more than the ids.
runs_in_compose() {
  local ids
  mapfile -t ids < <(compose ps -q 2>/dev/null)
  [ "${#ids[@]}" -gt 0 ] || return 0
  docker inspect --format '{{if .State.Running}}{{index .Config.Labels "com.docker.compose.service"}}{{end}}' "${ids[@]}" 2>/dev/null | sed '/^$/d'
}
place_open() {
  must_be_composed
  runs_in_compose | grep -qx postgres || die "the database does not run; docker compose up -d postgres"
}
# as_owner PROGRAM ARGUMENT…: in the container of PostgreSQL, which has its password as a file.
as_owner() {
  # shellcheck disable=SC2016  # For the inner shell.
  compose exec -T postgres sh -c 'PGPASSWORD=$(cat /run/secrets/postgres_password) PGHOST=127.0.0.1 PGUSER=parley exec "$@"' _ "$@"
}
owner_psql() {
  local database=$1
  shift
  # What is said by -c reads nothing; Compose would take what the caller's own standard input has.
  if [[ " $* " = *' -c '* ]]; then
    as_owner psql -X -q -v ON_ERROR_STOP=1 -d "$database" "$@" </dev/null
  else
    as_owner psql -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
  fi
}
dump_database() {
  local file=$1
  shift
  as_owner pg_dump "$@" parley </dev/null >"$file"
}
restore_dump() { as_owner pg_restore -d "$2" --no-owner --exit-on-error <"$1"; }
dump_version() { as_owner pg_dump --version </dev/null; }
list_dump() { as_owner pg_restore --list <"$1" >/dev/null; }
# The dump is read by the container's own programs.
place_programs() {
  must_be_composed
  only_its_database
}

place_key() { cat "$compose_secrets/key_secret"; }
compose_has_key() { grep -qE '^[0-9a-f]{64}$' "$compose_secrets/key_secret"; }
# All may read the files, and only their owner gets to them (./parley secrets).
set_place_key() {
  (umask 077 && printf '%s\n' "$1" >"$compose_secrets/key_secret.new") && chmod 444 "$compose_secrets/key_secret.new" &&
    mv -fT "$compose_secrets/key_secret.new" "$compose_secrets/key_secret"
}
keep_old_key() { cp -p "$compose_held" "$compose_secrets/key_secret_$1"; }
old_key_words() { printf '%s' "$compose_secrets/key_secret_$1"; }
place_settings() { { cat "$root/.env" 2>/dev/null || true; env; } | grep -E '^(PARLEY|COMPOSE)_' || true; }

composed_database_ready() { as_owner pg_isready -q -d parley </dev/null; }
only_its_database() {
  must_be_composed
  compose up -d --no-deps postgres >/dev/null 2>&1 || die "PostgreSQL does not start; docker compose logs postgres says more"
  await 120 composed_database_ready || die "PostgreSQL is not ready; docker compose logs postgres says more"
}
stop_its_database() { compose stop postgres >/dev/null 2>&1; }
# It keeps nothing.
forget_waiting() { :; }
must_be_down() {
  local runs
  must_be_composed
  runs=$(runs_in_compose | sed '/^postgres$/d; q')
  [ -z "$runs" ] || die "Parley runs ($runs); docker compose stop first"
}
# Compose asks nobody whether it may start. So until a restore has ended there is no key in the key's place, and auth-svc, which
# finds words there, does not start (neither by `docker compose up`, nor when Docker itself does). The key waits beside it.
compose_held=$compose_secrets/key_secret_held
mark_restore() {
  if compose_has_key; then
    cp -p "$compose_secrets/key_secret" "$compose_held.new" && mv -fT "$compose_held.new" "$compose_held"
    sync "$compose_held"
  fi
  [ -s "$compose_held" ] || die "$compose_secrets/key_secret is no key; ./parley secrets makes one where there is none"
  set_place_key "a restore did not end: ./parley restore $1 --compose goes on"
}
is_marked() { ! compose_has_key && [ -s "$compose_held" ]; }
unmark_restore() { rm -f "$compose_held"; }
forget_restore() { mv -fT "$compose_held" "$compose_secrets/key_secret"; }
