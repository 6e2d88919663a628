# ./parley up: from whatever state the machine and the instance are in to a page that answers. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build state postgres services haproxy report; do
  . "$root/scripts/lib/$part.sh"
done

cmd_up() {
  [ $# -eq 0 ] || die "up takes no arguments; PARLEY_PORT and other variables say how (./parley help)"
  local began
  began=$(now_ms)
  ensure_packages "${packages_run[@]}" "${packages_build[@]}"
  build_programs
  build_web
  lock_instance
  find_drop
  # They would hold the ports that are needed now.
  supervisor_pid >/dev/null || end_strays
  [ ! -e "$state/restoring" ] || die "a restore did not end: ./parley restore $(cat "$state/restoring"), as it was said then, goes on"
  check_page_port
  prepare_state
  check_settings
  check_balancer_settings
  record_instance
  record_settings
  ensure_cluster
  write_stores
  local was_running=false
  if supervisor_pid >/dev/null; then was_running=true; fi
  $was_running || say "Starting"
  start_stores
  migrate_database
  start_own
  end_old_redis
  start_balancer
  wait_until_ready
  if $was_running && [ "${#restarted[@]}" -eq 0 ]; then
    say "Already running, nothing has changed"
  else
    local took=$((($(now_ms) - began) / 100))
    say "Ready after $((took / 10)).$((took % 10)) s"
  fi
  say "Parley is at $(page_url)"
}

build_programs() {
  local preset
  preset=$(build_name)
  local targets=(parley-admin) kind
  for kind in "${kinds[@]}"; do targets+=("parley-$kind"); done
  build_c "$preset" "${targets[@]}"
}

# The port of the page is the one port people choose. Before anything starts: is it somebody else's?
check_page_port() {
  local port
  port=$(public_port)
  if [ "$port" -lt 1024 ] && [ "$port" -lt "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" ]; then
    die "port $port is only for root's processes, and none of ours is root's. Allow it with: sysctl net.ipv4.ip_unprivileged_port_start=$port"
  fi
  if is_up haproxy && [ "$(recall "$state/instance" port)" = "$port" ]; then return 0; fi
  if port_taken "$port"; then
    die "port $port is taken by $(port_holder "$port" | grep . || echo "another process"). Stop that, or choose another: PARLEY_PORT=8081 ./parley up"
  fi
}

# What this `up` started or restarted.
restarted=()
start_stores() {
  local name
  for name in $(stores); do supervise "$name"; done
  if supervisor_pid >/dev/null; then rescan; else start_supervisor; fi
  for name in $(stores); do
    if is_supervised "$name" && is_down "$name"; then
      restarted+=("$name")
      start_service "$name"
    fi
  done
  wait_for_postgres
}

# Everybody goes to another one now.
end_old_redis() {
  if own_redis || ! is_supervised redis; then return 0; fi
  note "ending our own Redis: PARLEY_REDIS_URL names another"
  stop_services redis
  forget_service redis
  rescan
}

# Writes every process of our own; starts the new ones, restarts those whose program or settings changed.
start_own() {
  local name
  for name in $(wanted_names); do
    if write_own "$name"; then
      restarted+=("$name")
      if is_up "$name"; then
        note "restarting $name: its program or its settings changed"
        roll "$name"
      fi
    fi
    supervise "$name"
  done
  rescan
  for name in $(wanted_names); do
    if is_supervised "$name" && is_down "$name"; then
      restarted+=("$name")
      start_service "$name"
    fi
  done
}

# One after the other, so that those of a kind are never all away; when one does not come back, the rest stay as they are.
roll() {
  local before limit=${PARLEY_UP_TIMEOUT:-60}
  before=$(pid_of "$1") || return 0
  restart_service "$1"
  await 40 has_new_pid "$1" "$before" || die "$1 does not stop; its pid is $before"
  await "$limit" is_ready "$1" || {
    tail -n 3 "$state/log/$1/current" 2>/dev/null | sed 's/^/    /' >&2 || true
    die "$1 did not come back ready within $limit s: $(state_of "$1"). What was to be restarted after it still runs as before; ./parley logs $1 says more"
  }
}
has_new_pid() {
  local pid
  pid=$(pid_of "$1") && [ "$pid" != "$2" ]
}

start_balancer() {
  write_balancer
  [ "$balancer_change" = nothing ] || restarted+=(haproxy)
  supervise haproxy
  rescan
  if is_up haproxy; then
    case $balancer_change in
      reload) reload_balancer ;;
      restart) restart_service haproxy ;;
    esac
  else
    start_service haproxy
  fi
}

wait_until_ready() {
  local limit=${PARLEY_UP_TIMEOUT:-60} name unready
  local deadline=$(($(now_ms) + limit * 1000))
  while :; do
    unready=$(not_ready)
    [ -n "$unready" ] || return 0
    [ "$(now_ms)" -lt "$deadline" ] || break
    sleep 0.1
  done
  warn "not ready after $limit s:"
  while read -r name reason; do
    printf '  %s: %s\n' "$name" "$reason"
    tail -n 3 "$state/log/$name/current" 2>/dev/null | sed 's/^/      /' || true
  done <<<"$unready" >&2
  die "what is not ready is named above. It is left running; ./parley doctor and ./parley logs say more"
}
