# ./parley admin COMMAND USERNAME: accounts, from the shell of who runs the server. docs/administration.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres; do
  . "$root/scripts/lib/$part.sh"
done

cmd_admin() {
  local program
  # The server of ./parley install has its own.
  if [ ! -e "$state/instance" ] && [ -x /usr/local/sbin/parley-admin ]; then exec /usr/local/sbin/parley-admin "$@"; fi
  program=$cache/build/$(build_name)/bin/parley-admin
  [ -x "$program" ] || die "$program is missing; ./parley up builds it"
  case ${1:-} in
    '' | help | --help) exec "$program" --help ;;
  esac
  check_control
  find_drop
  need_database
  # By a pipe: what it needs to know is in no list of arguments, and standard input stays the caller's.
  # The key that signs is none of it: auth-svc alone has that.
  # shellcheck disable=SC2016  # For the inner shell.
  as_service env -i PATH="$PATH" sh -c 'set -a; eval "$(cat <&3)"; exec 3<&-; exec "$@"' _ "$program" "$@" 3< <(env_of auth-svc-1 | grep -v '^PARLEY_KEY_SECRET=')
}
