# ./parley secrets: the secrets of docker compose, a file each. Those that are there stay as they are. Sourced by ./parley.
# shellcheck shell=bash

. "$root/scripts/lib/state.sh"

cmd_secrets() {
  local dir=${PARLEY_SECRETS_DIR:-.parley/secrets} role
  [ $# -eq 0 ] || die "secrets takes no arguments; PARLEY_SECRETS_DIR says where they lie"
  case $dir in /*) ;; *) dir=$root/$dir ;; esac
  mkdir -p "$dir"
  # Compose hands a file on as it is, and the containers' users are not ours: so all may read the files, and nobody else gets to them.
  chmod 700 "$dir"
  for role in postgres auth msg media redis; do
    keep_secret "$dir/${role}_password" "$(old_secret "${role^^}_PASSWORD" || random_hex 24)"
  done
  keep_secret "$dir/key_secret" "$(old_secret KEY_SECRET || random_hex 32)"
  keep_secret "$dir/redis_url" "redis://:$(cat "$dir/redis_password")@redis:6379"
  for role in auth msg media; do
    keep_secret "$dir/${role}_database_url" "postgresql://parley_$role:$(cat "$dir/${role}_password")@postgres:5432/parley"
  done
  say "The secrets are in $dir. Keep them with the backups, and to yourself: without key_secret nobody's signing key can be read"
}

# What the .env of an older version has. Its database was made with it.
old_secret() { sed -n "s/^PARLEY_$1=//p" "$root/.env" 2>/dev/null | grep .; }
# keep_secret FILE TEXT: a file that is there is not touched.
keep_secret() {
  [ ! -s "$1" ] || return 0
  (umask 077 && printf '%s\n' "$2" >"$1.new")
  chmod 444 "$1.new"
  mv "$1.new" "$1"
}
