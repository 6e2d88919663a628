# What is to be known of a running instance: readiness, addresses, memory, uptime. Sourced.
# shellcheck shell=bash

page_scheme() { if [ -n "$(tls_pem)" ]; then echo https; else echo http; fi; }
page_url() { printf '%s://%s:%s' "$(page_scheme)" "$(local_host | sed 's/^127\.0\.0\.1$/localhost/')" "$(public_port)"; }
# The page asked from here, whatever name its certificate has.
page_readiness() { readiness "$(page_scheme)://$(local_host):$(public_port)"; }

# All names there are: stores, ours, balancer.
all_names() {
  stores
  wanted_names
  printf 'haproxy\n'
}
admin_of() {
  case $1 in
    postgres | redis) ;;
    *) printf '127.0.0.1:%s' "$(port_of "$1.admin")" ;;
  esac
}
address_of() {
  case $1 in
    haproxy) printf '%s:%s' "$(public_bind)" "$(public_port)" ;;
    postgres | redis | gateway-* | media-svc-* | unfurl-*) printf '127.0.0.1:%s' "$(port_of "$1")" ;;
  esac
}

# readiness URL: "200" or why not, in a word or the server's own words.
readiness() {
  local answer code body
  answer=$(curl -s --insecure --noproxy '*' --max-time 2 -w '\n%{http_code}' "$1/readyz") || {
    echo "does not answer"
    return 0
  }
  code=${answer##*$'\n'}
  body=${answer%$'\n'*}
  if [ "$code" = 200 ]; then echo ready; else printf "%s\n" "${body//$'\n'/ }" | sed "s/[[:space:]]*$//" | cut -c1-200; fi
}
redis_answers() {
  REDISCLI_AUTH=$(secret redis) redis-cli -h 127.0.0.1 -p "$(port_of redis)" PING 2>/dev/null | grep -q PONG
}

# state_of NAME: ready; down; or what it waits for.
state_of() {
  is_up "$1" || {
    echo down
    return 0
  }
  case $1 in
    postgres)
      if "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port_of postgres)"; then echo ready; else echo starting; fi
      ;;
    redis) if redis_answers; then echo ready; else echo starting; fi ;;
    *) readiness "http://$(admin_of "$1")" ;;
  esac
}
is_ready() { [ "$(state_of "$1")" = ready ]; }
# "name reason" of everything that is not ready, the page itself included.
not_ready() {
  local name reason
  for name in $(all_names); do
    reason=$(state_of "$name")
    [ "$reason" = ready ] || printf '%s %s\n' "$name" "$reason"
  done
  reason=$(page_readiness)
  [ "$reason" = ready ] || printf 'page %s\n' "$reason"
}

# Resident bytes of a process and its children.
rss_of() {
  local total=0 pids=("$1") pid kb
  while [ ${#pids[@]} -gt 0 ]; do
    pid=${pids[0]}
    pids=("${pids[@]:1}")
    kb=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || kb=0
    total=$((total + ${kb:-0} * 1024))
    # shellcheck disable=SC2207  # Numbers.
    pids+=($(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true))
  done
  printf '%s' "$total"
}
uptime_of() { s6-svstat -o updownfor "$services/$1" 2>/dev/null || echo 0; }
