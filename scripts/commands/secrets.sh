# ./parley secrets: fresh secrets as the .env file of docker compose. Sourced by ./parley.
# shellcheck shell=bash

. "$root/scripts/lib/state.sh"

cmd_secrets() {
  printf '# Secrets of one Parley, made by ./parley secrets. Keep this file, and keep it to yourself (mode 0600).\n'
  printf 'PARLEY_POSTGRES_PASSWORD=%s\n' "$(random_hex 24)"
  printf 'PARLEY_AUTH_PASSWORD=%s\n' "$(random_hex 24)"
  printf 'PARLEY_MSG_PASSWORD=%s\n' "$(random_hex 24)"
  printf 'PARLEY_MEDIA_PASSWORD=%s\n' "$(random_hex 24)"
  printf 'PARLEY_REDIS_PASSWORD=%s\n' "$(random_hex 24)"
  printf 'PARLEY_KEY_SECRET=%s\n' "$(random_hex 32)"
}
