# What every command needs: where things are, how to speak, how to act as another user. Sourced, never run.
# shellcheck shell=bash

# Debian gives people no sbin; HAProxy is there.
PATH=$PATH:/usr/sbin:/sbin
export PATH

# Set by ./parley: the checkout.
: "${root:?}"
# Builds, tools and stamps always live in the checkout; data may live elsewhere.
cache=$root/.parley
state=${PARLEY_STATE_DIR:-.parley}
case $state in /*) ;; *) state=$root/$state ;; esac
state=$(realpath -m "$state")
scan=$state/scan         # what the supervisor supervises: links into $services
services=$state/services # one directory a process
kinds=(auth-svc msg-svc presence-svc media-svc unfurl gateway)

# The one place that says it.
parley_version() { sed -n 's/^project(parley VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt"; }

say() { printf '%s\n' "==> $*"; }
note() { printf '%s\n' "    $*"; }
warn() { printf '%s\n' "warning: $*" >&2; }
die() {
  printf '%s\n' "parley: $*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
now_ms() { date +%s%3N; }

# ---- what is remembered of an instance: one NAME VALUE a line ----

# remember FILE NAME VALUE. What it cannot keep, or cannot read of what is kept beside it, ends the command.
remember() {
  local file=$1 name=$2 value=$3 others=
  if [ -e "$file" ]; then others=$(grep -v "^$name " "$file") || [ $? -eq 1 ] || die "$file could not be read"; fi
  put "$file" 600 <<<"${others:+$others$'\n'}$name $value" || true
}
# recall FILE NAME: prints the value; fails when there is none.
recall() { awk -v n="$2" '$1 == n && $2 != "" { print substr($0, length(n) + 2); f = 1; exit } END { exit !f }' "$1" 2>/dev/null; }

public_port() { printf '%s' "${PARLEY_PORT:-$(recall "$state/instance" port || echo 8080)}"; }
public_bind() { printf '%s' "${PARLEY_BIND:-$(recall "$state/instance" bind || echo 127.0.0.1)}"; }
build_name() { printf '%s' "${PARLEY_BUILD:-$(recall "$state/instance" build || echo release)}"; }
# Certificate chain and key in one PEM file: with it the page speaks TLS. Empty: it does not.
tls_pem() { printf '%s' "${PARLEY_TLS_PEM-$(recall "$state/instance" tls || true)}"; }
# What the caller said that no program would name as wrong.
check_environment() {
  local port=${PARLEY_PORT:-8080}
  if ! [[ $port =~ ^[0-9]{1,5}$ ]] || [ "$((10#$port))" -lt 1 ] || [ "$((10#$port))" -gt 65535 ] || [[ $port = 0* ]]; then
    die "PARLEY_PORT=$port is no port number"
  fi
  [[ ${PARLEY_UP_TIMEOUT:-60} =~ ^[1-9][0-9]{0,4}$ ]] || die "PARLEY_UP_TIMEOUT=$PARLEY_UP_TIMEOUT is no number of seconds"
  case ${PARLEY_BUILD:-release} in
    release | asan) ;;
    *) die "PARLEY_BUILD=$PARLEY_BUILD is no build; there are: release asan" ;;
  esac
  [[ ${PARLEY_BIND:-*} != *[[:space:]]* ]] || die "PARLEY_BIND=$PARLEY_BIND is no address"
}
# The address under which this machine itself reaches the page.
local_host() {
  case $(public_bind) in '0.0.0.0' | '*' | '::') echo 127.0.0.1 ;; *) public_bind ;; esac
}

# ---- who may do what below the state: what root writes lies in root's directories, so that no process of ours can put a
# link where root will write. Of their own they have the data, the logs and what the supervisor keeps of each. ----

# give PATH MODE: ours, and for the group of our processes what MODE says; for nobody else anything.
give() {
  if [ "$EUID" -eq 0 ]; then
    chown -h "root:$(id -gn "$service_user" 2>/dev/null || echo root)" "$1" && chmod "$2" "$1"
  else
    chmod "${2:0:1}00" "$1"
  fi
}
# keep_dir DIR MODE: a directory that only we write to.
keep_dir() {
  [ ! -L "$1" ] || die "$1 is a symbolic link, and has to be a directory"
  mkdir -p "$1"
  give "$1" "$2"
}
# leave_dir DIR: a directory of our processes alone.
leave_dir() {
  [ ! -L "$1" ] || die "$1 is a symbolic link, and has to be a directory"
  if [ -d "$1" ] && [ "$(stat -c %u "$1")" = "$(service_uid)" ]; then return 0; fi
  mkdir -p "$1"
  chmod 700 "$1"
  [ "$EUID" -ne 0 ] || chown -hR "$service_user:$service_user" "$1"
}
# put FILE MODE: standard input becomes FILE, whole or not at all, with that mode (give). Succeeds when that changed it; where
# it cannot be written the command ends. So never behind a pipe, where that would end the pipe alone.
put() {
  local file=$1 mode=$2 changed=0
  rm -f "$file.new" || true
  # With -C a file that is there already is an error, not written through.
  (umask 077 && set -C && cat >"$file.new") || die "$file.new could not be written"
  give "$file.new" "$mode" || die "$file.new could not be made ours"
  if [ ! -L "$file" ] && cmp -s "$file.new" "$file"; then changed=1; fi
  mv -T "$file.new" "$file" || die "$file could not be written"
  return "$changed"
}
# A word that a POSIX shell reads back as it is.
quote() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# One command at a time changes an instance. Held until the command ends; never handed to a process we start.
lock_instance() {
  mkdir -p "$state"
  # Nobody else may as much as open the file: who can open it can hold the lock.
  keep_dir "$state/run" 700
  [ ! -L "$state/run/lock" ] || rm "$state/run/lock"
  (umask 077 && : >>"$state/run/lock")
  chmod 600 "$state/run/lock"
  exec 9>"$state/run/lock"
  if ! flock -n 9; then
    note "another ./parley command works on $state; waiting for it"
    flock -w 900 9 || die "the other command did not end within 15 minutes"
  fi
}

# ---- users ----

as_root() {
  if [ "$EUID" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo. As root, run: $*"
  fi
}

# Started by root, nothing of ours runs as root: PostgreSQL refuses it and the rest has no use for it. A system
# user without a home or a shell owns the data and runs every process.
service_user=_parley
drop=()    # the words that turn root into that user; empty when a person started us
drop_note= # why the processes keep a capability, when they do
# Sets $drop; makes the user when it is missing.
ensure_service_user() {
  [ "$EUID" -eq 0 ] || return 0
  if ! getent passwd "$service_user" >/dev/null; then
    note "making the system user $service_user"
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$service_user" ||
      die "the system user $service_user could not be made; as root: useradd --system $service_user"
  fi
  find_drop
}
find_drop() {
  [ "$EUID" -eq 0 ] || return 0
  getent passwd "$service_user" >/dev/null || return 0
  drop=(setpriv --reuid "$service_user" --regid "$service_user" --clear-groups --no-new-privs)
  if can_enter; then return 0; fi
  # The checkout is behind a directory like /root (0700). Opening that for everyone would be worse than letting our
  # processes pass through it, which is one capability: read, never write.
  local cap
  for cap in dac_read_search dac_override; do
    drop=(setpriv --reuid "$service_user" --regid "$service_user" --clear-groups --no-new-privs
      --inh-caps "-all,+$cap" --ambient-caps "-all,+$cap")
    if can_enter; then
      drop_note="$root cannot be entered by other users, so our processes keep the capability $cap; a checkout under /opt or /srv needs none"
      return 0
    fi
  done
  die "the user $service_user cannot read $root and may not be given the capability to; move the checkout, for example to /opt/parley"
}
# By doing it: access(2), which test(1) asks, ignores capabilities.
can_enter() { "${drop[@]}" ls -d "$root/parley" "$state/." >/dev/null 2>&1; }
# Root steers a person's instance as that person: files of root among theirs would shut them out.
become_owner() {
  local owner
  [ "$EUID" -eq 0 ] && owner=$(stat -c %U "$state/pg" 2>/dev/null) || return 0
  case $owner in root | "$service_user" | UNKNOWN) return 0 ;; esac
  exec setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups "$root/parley" "$@"
}
# only_ours DIR: where root is to write, nobody else may put something in the place of it: what there is of DIR and of the way
# to it is root's, or theirs who own this checkout and so decide anyway what root runs here.
only_ours() {
  local at way=$root owner mode trusted=' 0 '
  [ "$EUID" -eq 0 ] || return 0
  at=$(realpath -m "$1")
  trusted+="$(stat -c %u "$root/parley") "
  while [ "$way" != / ]; do
    trusted+="$(stat -c %u "$way") "
    way=$(dirname "$way")
  done
  while [ ! -e "$at" ]; do at=$(dirname "$at"); done
  # Up to where it is the way to the checkout, too.
  until [[ $root/ = "${at%/}/"* ]]; do
    read -r owner mode < <(stat -c '%u %a' "$at")
    [[ $trusted = *" $owner "* ]] || die "$at belongs to $(stat -c %U "$at"), who could put something else in the place of what root writes there; choose a directory of root's, all the way to it"
    # In one that is sticky each removes his own only.
    if ((8#$mode & 8#22)) && ! ((8#$mode & 8#1000)); then
      die "others than root may write to $at, and could put something else in the place of what root writes there; choose a directory of root's alone, all the way to it"
    fi
    at=$(dirname "$at")
  done
}
# Runs a command as the one whose processes ours are, out of any directory that user may not enter.
as_service() { (cd / && "${drop[@]}" "$@"); }
service_uid() { if [ ${#drop[@]} -gt 0 ]; then id -u "$service_user"; else printf '%s' "$EUID"; fi; }
