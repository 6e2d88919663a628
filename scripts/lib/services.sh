# The supervised processes: what each runs, starting and stopping the supervisor (s6). Sourced.
# shellcheck shell=bash

# write_service NAME SIGNAL KILL_MS LINE…: the directory s6 runs NAME from. SIGNAL asks it to stop, and KILL_MS later it
# is killed. Succeeds when that changed what is run.
write_service() {
  local name=$1 signal=$2 kill_ms=$3 dir=$services/$1 log=$state/log/$1 changed=1
  shift 3
  local each
  keep_dir "$dir" 750
  keep_dir "$dir/log" 750
  # The only places the supervisor writes to.
  for each in "$dir/supervise" "$dir/event" "$dir/log/supervise" "$dir/log/event" "$log"; do leave_dir "$each"; done
  put "$dir/run" 750 < <(
    printf '#!/bin/sh\n# Written by ./parley at each start.\nexec 2>&1\n'
    printf '%s\n' "$@"
  ) && changed=0
  put "$dir/down-signal" 640 <<<"$signal" || true
  put "$dir/timeout-kill" 640 <<<"$kill_ms" || true
  # 10 MB a file, 10 files a process.
  put "$dir/log/run" 750 <<<"#!/bin/sh"$'\n'"exec s6-log n10 s10000000 $(quote "$log")" || true
  return "$changed"
}
# supervise NAME: the supervisor is to run it, from its next scan on.
supervise() { ln -sfn "$services/$1" "$scan/$1"; }

# Sixteen streams that are full of the largest messages are more than this: from here on Redis refuses, and clients wait.
redis_memory=512mb

# The stores that this instance runs.
stores() {
  echo postgres
  if own_redis; then echo redis; fi
}

write_stores() {
  write_service postgres SIGINT 30000 \
    "exec $(quote "$(cluster_bin)/postgres") -D $(quote "$state/pg")" || true
  own_redis || return 0
  put "$state/redis.conf" 640 <<EOF || true
# Written by ./parley at each start.
bind 127.0.0.1
port $(port_of redis)
requirepass $(secret redis)
dir $(printf '"%s"' "$state/redis")
save 300 1
maxmemory $redis_memory
maxmemory-policy noeviction
client-output-buffer-limit pubsub 32mb 8mb 60
tcp-backlog 511
daemonize no
set-proc-title no
EOF
  write_service redis SIGTERM 10000 "exec $(quote "$cache/bin/redis-server") $(quote "$state/redis.conf")" || true
}

# A gateway reads the web client when it starts: another client is another gateway.
web_of() { if [ "$(kind_of "$1")" = gateway ]; then printf ', web client %s' "$(cat "$cache/web.stamp" 2>/dev/null)"; fi; }
program_of() { printf '%s' "$cache/build/$(build_name)/bin/parley-$(kind_of "$1")"; }
# write_own NAME: succeeds when the program, its settings or how it is run changed since it was last written.
write_own() {
  local name=$1 program drain_ms environment changed=1
  program=$(program_of "$name")
  [ -x "$program" ] || die "$program is missing; the build did not make it"
  environment=$(env_of "$name") || exit
  put "$state/env/$name" 640 <<<"$environment" && changed=0
  drain_ms=$(sed -n "s/^PARLEY_DRAIN_MS='\(.*\)'/\1/p" "$state/settings.env")
  # Killed a little after the time it gives itself to drain.
  write_service "$name" SIGTERM $((${drain_ms:-13000} + 5000)) \
    "# program $(sha256sum <"$program" | cut -d' ' -f1)$(web_of "$name")" \
    'limit=$(ulimit -Hn); [ "$limit" != unlimited ] && [ "$limit" -lt 65536 ] || limit=65536; ulimit -n "$limit"' \
    "set -a; . $(quote "$state/env/$name"); set +a" \
    "exec $(quote "$program")" && changed=0
  return "$changed"
}

# ---- the supervisor ----

# What steers it goes through files of its user's, so it is done as that user.
s6-svc() { as_service env s6-svc "$@"; }
s6-svscanctl() { as_service env s6-svscanctl "$@"; }

# works_in PID DIR: is that a process of the user ours run as, with DIR as its working directory? A pid that was read
# from a file says nothing by itself: the process may have ended long ago, and the number be a stranger's by now. Asked
# as that user, who alone may look, also where root lacks the capability to look at others' processes.
works_in() {
  [[ $1 =~ ^[1-9][0-9]*$ ]] && [ "$(stat -c %u "/proc/$1" 2>/dev/null)" = "$(service_uid)" ] &&
    [ "$(as_service readlink "/proc/$1/cwd" 2>/dev/null)" = "$(realpath -m "$2")" ]
}
# The supervisor's pid, when it runs and is this instance's.
supervisor_pid() {
  local pid
  pid=$(head -n 1 "$state/run/supervisor.pid" 2>/dev/null) || return 1
  works_in "$pid" "$scan" && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$scan" || return 1
  printf '%s' "$pid"
}

start_supervisor() {
  supervisor_pid >/dev/null && return 0
  (
    # Nothing of the caller's is handed on: no open files, no terminal, no environment.
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    cd /
    exec setsid "${drop[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/nonexistent \
      PARLEY_INSTANCE="$state" s6-svscan -c 500 "$scan"
  ) </dev/null >>"$state/log/supervisor" 2>&1 &
  printf '%s\n' "$!" >"$state/run/supervisor.pid"
  local deadline=$(($(now_ms) + 10000))
  until s6-svscanctl -a "$scan" 2>/dev/null; do
    if [ "$(now_ms)" -ge "$deadline" ] || ! kill -0 "$!" 2>/dev/null; then
      tail -n 5 "$state/log/supervisor" >&2
      die "the supervisor s6-svscan did not start (its last lines are above)"
    fi
    sleep 0.02
  done
}
rescan() { s6-svscanctl -an "$scan"; }

is_supervised() { s6-svok "$services/$1" 2>/dev/null; }
is_up() { [ "$(s6-svstat -o up "$services/$1" 2>/dev/null)" = true ]; }
pid_of() {
  local pid
  pid=$(s6-svstat -o pid "$services/$1" 2>/dev/null) || return 1
  [ "$pid" -gt 0 ] && printf '%s' "$pid"
}
# await SECONDS COMMAND…: until it succeeds; fails at the deadline.
await() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    [ "$(now_ms)" -lt "$deadline" ] || return 1
    sleep 0.03
  done
}
# Starts one that is down and has a supervisor; without one yet, it is started by that. Its supervisor may be just beginning to
# listen.
start_service() {
  is_supervised "$1" || return 0
  await 5 s6-svc -u "$services/$1" 2>/dev/null || die "$1 cannot be started: its supervisor does not listen"
}
# Restarts one that runs. The supervisor starts it again by itself.
restart_service() { s6-svc -r "$services/$1"; }

is_down() { ! is_up "$1"; }
# stop_services NAME…: asks all at once, then waits for each: its own drain, and the supervisor's kill after it.
stop_services() {
  local name
  for name in "$@"; do
    if is_supervised "$name"; then s6-svc -d "$services/$name"; fi
  done
  for name in "$@"; do
    await 40 is_down "$name" || die "$name does not stop; its pid is $(pid_of "$name" || echo unknown)"
  done
}
# Ends the supervision of one that is down, and its logger.
forget_service() {
  rm -f "${scan:?}/$1"
  if is_supervised "$1"; then s6-svc -x "$services/$1"; fi
  s6-svc -x "$services/$1/log" 2>/dev/null || true
  await 5 not is_supervised "$1" || true
  rm -rf "${services:?}/$1"
}
not() { ! "$@"; }
# No such process, or one that only waits to be buried.
gone() { ! grep -qs "^State:[[:space:]]*[^Z[:space:]]" "/proc/$1/status"; }

# Our processes that no supervisor holds any more, because it was killed. Prints their pids.
strays() { stray_pids | sort -un; }
stray_pids() {
  local pid
  # One that ended while it was looked at is none; one of another user cannot be looked at, and is none of ours.
  as_service grep -lsxzF -- "PARLEY_INSTANCE=$state" /proc/[0-9]*/environ | cut -d/ -f3 || true
  # PostgreSQL overwrites its environment; it leaves its pid in its directory, where it also works.
  pid=$(as_service head -n 1 "$state/pg/postmaster.pid" 2>/dev/null) || return 0
  if works_in "$pid" "$state/pg"; then printf '%s\n' "$pid"; fi
}
end_strays() {
  local pids signal
  mapfile -t pids < <(strays)
  [ ${#pids[@]} -gt 0 ] || return 0
  note "ending ${#pids[@]} processes that an earlier supervisor left behind"
  for signal in TERM KILL; do
    # As that user, so that nobody else's process can be hit.
    as_service bash -c 'kill "$@" 2>/dev/null' _ "-$signal" "${pids[@]}" || true
    if await 15 no_strays; then return 0; fi
  done
  die "some processes of this instance do not end: $(strays | tr '\n' ' ')"
}
no_strays() { [ -z "$(strays)" ]; }
