# ./parley status [--json]: every process of the instance. Exit code 0: all ready; 1: not all; 3: it does not run.
# Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres report; do
  . "$root/scripts/lib/$part.sh"
done

cmd_status() {
  local json=false
  case ${1:-} in --json) json=true ;; '') ;; *) die "usage: ./parley status [--json]" ;; esac
  local exit_code=0
  check_control
  [ ! -e "$services" ] || find_drop
  if ! supervisor_pid >/dev/null; then
    exit_code=3
    $json || { say "Nothing runs from $state" && return 3; }
  fi
  local rows=
  [ -e "$state/ports" ] && rows=$(
    # Each asks its process on its own: one that hangs does not delay the rest.
    for name in $(all_names); do row_of "$name" "$exit_code" & done
    wait
  )
  if [ "$exit_code" -eq 0 ] && awk -F'\t' '$3 != "ready" { f = 1 } END { exit !f }' <<<"$rows"; then exit_code=1; fi
  # In the order of all_names.
  [ -z "$rows" ] || rows=$(for name in $(all_names); do grep -P "^$name\t" <<<"$rows"; done)
  if $json; then print_json "$exit_code" "$rows"; else print_table "$rows"; fi
  return "$exit_code"
}

# row_of NAME STOPPED: name, pid, state, address, admin address, rss, uptime, ours; tabs between.
row_of() {
  local name=$1 pid='' rss=0 uptime=0 now=down ours=false
  if [ "$2" -eq 0 ] && pid=$(pid_of "$name"); then
    rss=$(rss_of "$pid")
    uptime=$(uptime_of "$name")
    now=$(state_of "$name")
  fi
  case $name in postgres | redis | haproxy) ;; *) ours=true ;; esac
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "${pid:-0}" "${now//$'\t'/ }" "$(address_of "$name")" \
    "$(admin_of "$name")" "$rss" "$uptime" "$ours"
}

# A megabyte is a million bytes, in every line.
print_table() {
  printf '%-15s %8s %9s %9s  %-21s %-21s %s\n' NAME PID UPTIME MEMORY ADDRESS ADMIN STATE
  awk -F'\t' '
    { up = $7 < 120 ? $7 " s" : $7 < 7200 ? int($7 / 60) " min" : int($7 / 3600) " h"
      printf "%-15s %8s %9s %6.1f MB  %-21s %-21s %s\n", $1, $2 ? $2 : "-", up, $6 / 1000000, $4 ? $4 : "-", $5 ? $5 : "-", $3
      all += $6; if ($8 == "true") own += $6 }
    END { printf "\nmemory of our own processes: %.1f MB (with PostgreSQL, Redis and HAProxy: %.1f MB)\n", own / 1000000, all / 1000000 }' <<<"$1"
  printf 'page: %s  version: %s\n' "$(page_url)" "$(parley_version)"
}

json_string() {
  local s=$1
  s=${s//\\/\\\\}
  s=${s//\"/\\\"}
  s=${s//[$'\001'-$'\037']/ }
  printf '"%s"' "$s"
}
print_json() {
  local name pid now address admin rss uptime ours total=0 separator=''
  local ready=false running=true
  [ "$1" -ne 0 ] || ready=true
  [ "$1" -ne 3 ] || running=false
  printf '{"url":%s,"version":"%s","state_dir":%s,"running":%s,"ready":%s,"processes":[' \
    "$(json_string "$(page_url)")" "$(parley_version)" "$(json_string "$state")" "$running" "$ready"
  while IFS=$'\037' read -r name pid now address admin rss uptime ours; do
    printf '%s\n {"name":"%s","kind":"%s","pid":%s,"state":%s,"address":"%s","admin":"%s","rss":%s,"uptime":%s,"own":%s}' \
      "$separator" "$name" "$(kind_of "$name")" "$pid" "$(json_string "$now")" "$address" "$admin" "$rss" "$uptime" "$ours"
    separator=,
    if [ "$ours" = true ]; then total=$((total + rss)); fi
  done < <([ -z "$2" ] || tr '\t' '\037' <<<"$2")
  printf '\n],"own_rss":%s}\n' "$total"
}
