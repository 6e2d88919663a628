# The private PostgreSQL cluster: made once, configured at each start, reached by TCP on loopback with a password. Sourced.
# shellcheck shell=bash

# The programs of the version the cluster was made with, or the newest.
cluster_bin() {
  local version bin
  version=$(as_service cat "$state/pg/PG_VERSION" 2>/dev/null) || version=
  bin=$(postgres_bin "$version")
  [ -n "$bin" ] || die "the cluster in $state/pg needs PostgreSQL $version; install postgresql-$version"
  printf '%s' "$bin"
}

ensure_cluster() {
  local bin
  bin=$(cluster_bin)
  if ! as_service test -e "$state/pg/PG_VERSION"; then
    # Never deleted: that user may only not be let in, and it is all that people ever wrote.
    [ ! -e "$state/pg" ] || die "$state/pg is there, and is no cluster to the user who runs PostgreSQL ($(as_service id -un)); it belongs to $(stat -c %U "$state/pg"). If it is the database, give it to that user (chown -R); else move it away"
    say "Making the PostgreSQL cluster ($state/pg)"
    rm -rf "$state/pg.new"
    leave_dir "$state/pg.new"
    # The password goes through a pipe that only that user can open: it is in no file and in no list of arguments.
    # shellcheck disable=SC2016  # For the inner shell.
    secret postgres | as_service bash -c 'exec "$@" --pwfile=<(cat)' _ "$bin/initdb" -D "$state/pg.new" -U parley \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions >"$state/log/initdb" 2>&1 || {
      cat "$state/log/initdb" >&2
      die "the PostgreSQL cluster could not be made (above)"
    }
    printf "include '%s'\n" "$state/postgres.conf" | as_service tee -a "$state/pg.new/postgresql.conf" >/dev/null
    # Renamed when complete: a cluster half made is never taken for one.
    mv "$state/pg.new" "$state/pg"
  fi
  put "$state/postgres.conf" 640 <<EOF || true
# Written by ./parley at each start.
listen_addresses = '127.0.0.1'
port = $(port_of postgres)
unix_socket_directories = ''
max_connections = 100
shared_buffers = $(shared_buffers)MB
# Files are written through it, once (docs/decisions/0012-bytes.md).
wal_buffers = 16MB
max_wal_size = 2GB
wal_init_zero = off
dynamic_shared_memory_type = $(if [ -w /dev/shm ]; then echo posix; else echo mmap; fi)
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
cluster_name = 'parley'
EOF
}

# An eighth of the memory, in MB: the rows that messages are written beside and found by stay in it, and the rest is left to the
# kernel's cache, to Redis and to what else runs here.
shared_buffers() {
  awk '/^MemTotal:/ { mb = int($2 / 8192); print (mb < 64 ? 64 : mb > 1024 ? 1024 : mb) }' /proc/meminfo
}

# psql as the owner of everything, to the database given.
owner_psql() {
  local database=$1
  shift
  PGPASSWORD=$(secret postgres) "$(postgres_bin)/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(port_of postgres)" \
    -U parley -d "$database" "$@"
}
wait_for_postgres() {
  local deadline=$(($(now_ms) + 60000))
  until "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port_of postgres)"; do
    [ "$(now_ms)" -lt "$deadline" ] || {
      tail -n 5 "$state/log/postgres/current" >&2 || true
      die "PostgreSQL did not start within 60 s (its last lines are above; ./parley logs postgres)"
    }
    sleep 0.05
  done
}

# The environment of scripts/migrate for this instance.
with_owner_env() {
  PATH="$(postgres_bin):$PATH" PGHOST=127.0.0.1 PGPORT=$(port_of postgres) PGUSER=parley \
    PGPASSWORD=$(secret postgres) PGDATABASE=parley "$@"
}
migrate_database() {
  # The first connection also tells whether the database is there.
  if ! owner_psql parley -c 'SELECT 1' >/dev/null 2>&1; then
    owner_psql postgres -c 'CREATE DATABASE parley' || die "the database could not be made (above)"
  fi
  with_owner_env "$root/scripts/migrate" up || die "the database could not be migrated (above)"
  # Assigned, not said to env: arguments can be read by other users.
  PARLEY_AUTH_PASSWORD=$(secret auth_database) PARLEY_MSG_PASSWORD=$(secret msg_database) PARLEY_MEDIA_PASSWORD=$(secret media_database) \
    with_owner_env "$root/scripts/set-passwords" || die "the services' database passwords could not be set (above)"
}
