# ./parley doctor: looks at the machine and at every process, a line each: ok, or what is wrong and what to do.
# Changes nothing. Exit code 0: all ok; 1: something is wrong. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node services state postgres haproxy report; do
  . "$root/scripts/lib/$part.sh"
done

wrong=0
ok() { printf 'ok     %s\n' "$*"; }
hint() { printf 'note   %s\n' "$*"; }
# wrong_line WHAT DO
wrong_line() {
  wrong=$((wrong + 1))
  printf 'WRONG  %s\n       → %s\n' "$1" "$2"
}

cmd_doctor() {
  [ $# -eq 0 ] || die "doctor takes no arguments"
  doctor_packages
  doctor_node
  doctor_limits
  doctor_clock
  doctor_disk "$cache"
  if [ ! -e "$state/instance" ]; then
    doctor_page_port
    hint "there is no instance in $state yet; ./parley up makes it"
  else
    [ "$cache" = "$state" ] || doctor_disk "$state"
    check_control
    find_drop
    doctor_permissions
    doctor_page_port
    if doctor_supervisor; then
      doctor_postgres
      doctor_redis
      doctor_own
      doctor_balancer
    fi
  fi
  if [ "$wrong" -eq 0 ]; then
    say "Nothing is wrong"
  else
    say "$wrong wrong"
    return 1
  fi
}

doctor_packages() {
  if ! have dpkg-query; then
    hint "no Debian: whether everything that is needed is installed is not checked"
    return 0
  fi
  local missing
  missing=$(missing_packages "${packages_run[@]}" "${packages_build[@]}" | tr '\n' ' ')
  if [ -z "$missing" ]; then
    ok "packages: all installed"
  else
    wrong_line "packages: missing $missing" "./parley up installs them"
  fi
  missing=$(missing_packages "${packages_test[@]}" | tr '\n' ' ')
  [ -z "$missing" ] || hint "packages only the tests need: missing $missing(./parley test installs them)"
}

doctor_node() {
  if node_is_new_enough; then
    ok "node: $(node --version), the machine's"
  elif [ -x "$cache/node/bin/node" ]; then
    ok "node: $("$cache/node/bin/node" --version), below .parley/"
  else
    hint "node: the machine's is missing or older than 20.19; ./parley up fetches one into .parley/node"
  fi
}

doctor_limits() {
  local files
  files=$(ulimit -Hn)
  if [ "$files" = unlimited ] || [ "$files" -ge 4096 ]; then
    ok "open files: $files a process"
  else
    wrong_line "open files: only $files a process" "raise it (ulimit -Hn, limits.conf) to 4096 or more"
  fi
}

# Tokens expire by the clock, and a log's order is read by it.
doctor_clock() {
  local newest now
  now=$(date +%s)
  newest=$(find "$root/scripts" "$state/log" -type f -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1 | cut -d. -f1)
  if [ "$now" -lt "$((${newest:-0} - 60))" ]; then
    wrong_line "clock: $(date -u +%FT%TZ), which is before files here were written" "set it, for example with: timedatectl set-ntp true"
  else
    ok "clock: $(date -u +%FT%TZ)"
  fi
}

doctor_disk() {
  local dir=$1 free
  while [ ! -d "$dir" ]; do dir=${dir%/*}; done
  free=$(df -Pm "$dir" | awk 'NR == 2 { print $4 }')
  if [ "$free" -ge 1024 ]; then
    ok "disk: $((free / 1024)) GB free for $1"
  else
    wrong_line "disk: only $free MB free for $1" "free some: a build needs 1 GB, and PostgreSQL stops when there is nothing left"
  fi
}

doctor_permissions() {
  local mode
  mode=$(stat -c %a "$state/secrets.env" 2>/dev/null || echo missing)
  if [ "$mode" = 600 ]; then
    ok "secrets: only their owner can read them"
  elif [ "$mode" = missing ]; then
    wrong_line "secrets: $state/secrets.env is missing" "restore it from a backup; without it the database cannot be entered"
  else
    wrong_line "secrets: $state/secrets.env has mode $mode" "chmod 600 $state/secrets.env"
  fi
  if as_service bash -c '[ -w "$1" ] && [ -r "$2" ]' _ "$state/redis" "$root/protocol/ops.json"; then
    ok "permissions: our processes can write below $state and read $root"
  else
    wrong_line "permissions: our processes cannot write below $state or read $root" "./parley down && ./parley up sets them; look at the directories above"
  fi
}

doctor_page_port() {
  local port
  port=$(public_port)
  if is_up haproxy; then
    ok "port $port: the balancer's"
  elif port_taken "$port"; then
    wrong_line "port $port: taken by $(port_holder "$port" | grep . || echo "another process")" "stop that, or choose another: PARLEY_PORT=8081 ./parley up"
  else
    ok "port $port: free"
  fi
}

doctor_supervisor() {
  local pid left
  if pid=$(supervisor_pid); then
    ok "supervisor: runs (pid $pid)"
    return 0
  fi
  left=$(strays | tr '\n' ' ')
  if [ -n "$left" ]; then
    wrong_line "supervisor: gone, but it left processes behind: $left" "./parley up ends them and starts again; ./parley down only ends them"
  else
    hint "supervisor: does not run; ./parley up starts everything"
  fi
  return 1
}

# A process that is down although it should run: is its port somebody else's, and what did it say last?
doctor_down() {
  local name=$1 port holder=
  port=$(recall "$state/ports" "$name" || true)
  if [ -n "$port" ] && port_taken "$port"; then holder="; its port $port is taken by $(port_holder "$port" | grep . || echo "another process")"; fi
  wrong_line "$name: down$holder" "its last words: $(tail -n 1 "$state/log/$name/current" 2>/dev/null | cut -c1-200) (./parley logs $name)"
}

doctor_postgres() {
  local pending
  is_up postgres || {
    doctor_down postgres
    return 0
  }
  if ! owner_psql parley -c 'SELECT 1' >/dev/null 2>&1; then
    wrong_line "postgres: does not let us in: $(owner_psql parley -c 'SELECT 1' 2>&1 | head -n 1)" "./parley logs postgres"
    return 0
  fi
  pending=$(with_owner_env "$root/scripts/migrate" status | grep -v ' applied$' || true)
  if [ -z "$pending" ]; then
    ok "postgres: answers, all migrations applied"
  else
    wrong_line "postgres: migrations: $(tr -s ' \n' ' ' <<<"$pending")" "./parley migrate up"
  fi
}

doctor_redis() {
  local policy
  own_redis || {
    ok "redis: PARLEY_REDIS_URL names it; each process says whether it is reached"
    return 0
  }
  is_up redis || {
    doctor_down redis
    return 0
  }
  policy=$(REDISCLI_AUTH=$(secret redis) redis-cli -h 127.0.0.1 -p "$(port_of redis)" CONFIG GET maxmemory-policy 2>&1 | tail -n 1)
  case $policy in
    noeviction) ok "redis: answers" ;;
    *) wrong_line "redis: $policy" "./parley logs redis; it must answer and keep maxmemory-policy noeviction" ;;
  esac
}

doctor_own() {
  local name now deaths findings
  for name in $(wanted_names); do
    now=$(state_of "$name")
    case $now in
      ready) ok "$name: ready" ;;
      down) doctor_down "$name" ;;
      *) wrong_line "$name: not ready: $now" "./parley logs $name" ;;
    esac
    deaths=$(deaths_of "$name")
    [ "$deaths" -lt 3 ] || wrong_line "$name: ended $deaths times within 10 minutes" "./parley logs $name says why"
    findings=$(find "$state/log/$name" -name 'sanitizer*' 2>/dev/null | head -n 1)
    [ -z "$findings" ] || wrong_line "$name: the sanitizer found something" "$findings"
  done
}
# How often it ended within 10 minutes, of what the supervisor remembers.
deaths_of() {
  local since
  since=$(date -u -d '10 minutes ago' '+%Y-%m-%d %H:%M:%S')
  s6-svdt "$services/$1" 2>/dev/null | s6-tai64nlocal -g 2>/dev/null | awk -v since="$since" '$1 " " $2 > since' | wc -l
}

doctor_balancer() {
  local seen name now
  is_up haproxy || {
    doctor_down haproxy
    return 0
  }
  seen=$(backends)
  for name in $(wanted_names | grep -E '^(gateway|media-svc)-'); do
    now=$(awk -v n="$name" '$1 == n { print $2 }' <<<"$seen")
    case $now in
      UP*) ok "balancer: sends to $name" ;;
      '') wrong_line "balancer: does not know $name" "./parley up" ;;
      *) wrong_line "balancer: does not send to $name ($now)" "its own line above says why" ;;
    esac
  done
  now=$(page_readiness)
  if [ "$now" = ready ]; then
    ok "page: $(page_url) answers"
  else
    wrong_line "page: $(page_url): $now" "./parley logs haproxy"
  fi
}
