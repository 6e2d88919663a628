# The balancer's configuration, made from deploy/haproxy.cfg and the gateways there are. Sourced.
# shellcheck shell=bash

# A connection through the balancer takes two descriptors.
balancer_maxconn() {
  local limit
  limit=$(ulimit -Hn)
  [ "$limit" != unlimited ] && [ "$limit" -lt 200000 ] || limit=200000
  echo $(((limit - 200) / 2))
}
gateway_servers() {
  local name
  for name in $(wanted_names); do
    [ "$(kind_of "$name")" = gateway ] || continue
    printf '    server %s 127.0.0.1:%s\n' "$name" "$(port_of "$name")"
  done
}
# Succeeds when the configuration changed.
write_balancer() {
  local bind changed=0
  bind=$(public_bind):$(public_port)
  while IFS= read -r line; do
    case $line in
      *@SERVERS@*) gateway_servers ;;
      *)
        line=${line//@BIND@/$bind}
        line=${line//@ADMIN@/127.0.0.1:$(port_of haproxy.admin)}
        line=${line//@MAXCONN@/$(balancer_maxconn)}
        printf '%s\n' "$line"
        ;;
    esac
  done <"$root/deploy/haproxy.cfg" | put "$state/haproxy.cfg" 644 || changed=1
  haproxy -c -q -f "$state/haproxy.cfg" || die "HAProxy refuses $state/haproxy.cfg (above)"
  write_service haproxy SIGTERM 5000 "ulimit -n $((2 * $(balancer_maxconn) + 200)) 2>/dev/null" \
    "exec $(command -v haproxy) -W -db -f $(quote "$state/haproxy.cfg")" || true
  return "$changed"
}

# "name status" of each gateway as the balancer sees it.
backends() {
  curl -fsS --max-time 2 "http://127.0.0.1:$(port_of haproxy.admin)/stats;csv" 2>/dev/null |
    awk -F, '$1 == "gateways" && $2 != "BACKEND" { print $2, $18 }'
}
balancer_has() { [ "$(backends | cut -d' ' -f1 | sort)" = "$(wanted_names | grep '^gateway-' | sort)" ]; }
# The master takes the new configuration and starts a new worker; the old one keeps its connections until they end.
reload_balancer() {
  local pid
  pid=$(pid_of haproxy) || die "haproxy does not run; see ./parley logs haproxy"
  kill -USR2 "$pid"
  await 10 balancer_has || die "haproxy did not take the new configuration; see ./parley logs haproxy"
}
