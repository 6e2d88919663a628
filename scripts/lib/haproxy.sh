# The balancer: deploy/haproxy.cfg, the gateways and the media-svcs there are. Sourced.
# shellcheck shell=bash

# A connection through the balancer takes two descriptors.
balancer_maxconn() {
  local limit
  limit=$(ulimit -Hn)
  [ "$limit" != unlimited ] && [ "$limit" -lt 200000 ] || limit=200000
  echo $(((limit - 200) / 2))
}
# write_servers KIND
write_servers() {
  local name
  for name in $(wanted_names); do
    [ "$(kind_of "$name")" = "$1" ] || continue
    printf '    server %s 127.0.0.1:%s\n' "$name" "$(port_of "$name")"
  done
}
# media-svc, and the same gateways twice: what needs the services goes to those that are ready, the client's files to any that lives.
write_gateways() {
  put "$state/gateways.cfg" 640 < <(
    printf '# Written by ./parley.\nbackend gateways\n    balance leastconn\n'
    write_servers gateway
    printf 'backend pages\n    balance roundrobin\n    http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host localhost\n'
    printf '    http-check expect status 200\n'
    write_servers gateway
    # A large file moves all the time; one that stands still is ended by media-svc, after 30 s.
    printf 'backend media\n    balance leastconn\n    timeout server 60s\n'
    # Of all that the server has of somebody nothing may come for a while, where much is looked through for little.
    printf '    http-request set-timeout server 600s if { path /media/mine }\n'
    write_servers media-svc
  )
}
# What of the settings is the balancer's (docs/edge.md), as lines of a shell.
balancer_settings() { settings_of_balancer <"$settings" | sed 's/^/export /'; }
# Writes how HAProxy is run. What is to be done with one that runs is then in $balancer_change: nothing, reload, restart.
write_balancer() {
  local maxconn
  maxconn=$(balancer_maxconn)
  balancer_change=nothing
  if put "$state/haproxy.cfg" 640 <"$root/deploy/haproxy.cfg"; then balancer_change=reload; fi
  if write_gateways; then balancer_change=reload; fi
  export PARLEY_BALANCER_BIND PARLEY_BALANCER_ADMIN PARLEY_BALANCER_TLS='' PARLEY_BALANCER_MAXCONN=$maxconn
  PARLEY_BALANCER_BIND=$(public_bind):$(public_port)
  PARLEY_BALANCER_ADMIN=127.0.0.1:$(port_of haproxy.admin)
  if [ -n "$(tls_pem)" ]; then take_certificate; fi
  (eval "$(balancer_settings)" && exec haproxy -c -f "$state/haproxy.cfg" -f "$state/gateways.cfg") >"$state/log/haproxy-check" 2>&1 || {
    cat "$state/log/haproxy-check" >&2
    die "HAProxy refuses its configuration (above)"
  }
  # The environment is read when the master starts, so a change of it takes a restart.
  if write_service haproxy SIGTERM 5000 "ulimit -n $((2 * maxconn + 200)) 2>/dev/null" \
    "export PARLEY_BALANCER_BIND=$(quote "$PARLEY_BALANCER_BIND") PARLEY_BALANCER_ADMIN=$PARLEY_BALANCER_ADMIN" \
    "export PARLEY_BALANCER_TLS=$(quote "$PARLEY_BALANCER_TLS") PARLEY_BALANCER_MAXCONN=$maxconn" \
    "$(balancer_settings)" \
    "exec $(command -v haproxy) -W -db -f $(quote "$state/haproxy.cfg") -f $(quote "$state/gateways.cfg")"; then
    balancer_change=restart
  fi
}

# Asks HAProxy about the settings given, before anything that runs is touched.
check_balancer_settings() {
  local given said
  given=$(settings_given | settings_of_balancer | sed 's/^/export /')
  put "$state/run/no-gateways.cfg" 600 <<<$'backend gateways\nbackend pages\nbackend media' || true
  said=$(
    eval "$given"
    export PARLEY_BALANCER_BIND=127.0.0.1:1 PARLEY_BALANCER_ADMIN=127.0.0.1:2 PARLEY_BALANCER_TLS=
    haproxy -c -f "$root/deploy/haproxy.cfg" -f "$state/run/no-gateways.cfg" 2>&1
  ) || die "HAProxy refuses its settings; nothing was changed:"$'\n'"$said"
}

# A copy that the balancer may read; a renewed certificate is taken at the next `up`.
take_certificate() {
  local pem
  pem=$(tls_pem)
  [ -r "$pem" ] || die "PARLEY_TLS_PEM=$pem cannot be read; it must hold the certificate chain and its key"
  [[ $state != *' '* ]] || die "with TLS the path of the state directory may have no spaces: $state"
  if put "$state/tls.pem" 640 <"$pem"; then balancer_change=reload; fi
  PARLEY_BALANCER_TLS="ssl crt $state/tls.pem alpn h2,http/1.1"
}

# "name status" of each gateway and media-svc as the balancer sees it.
backends() {
  curl -fsS --max-time 2 "http://127.0.0.1:$(port_of haproxy.admin)/stats;csv" 2>/dev/null |
    awk -F, '($1 == "gateways" || $1 == "media") && $2 != "BACKEND" { print $2, $18 }'
}
balancer_has() { [ "$(backends | cut -d' ' -f1 | sort)" = "$(wanted_names | grep -E '^(gateway|media-svc)-' | sort)" ]; }
# The master takes the new configuration and starts a new worker; the old one keeps its connections until they end.
reload_balancer() {
  is_up haproxy || die "haproxy does not run; see ./parley logs haproxy"
  # USR2.
  s6-svc -2 "$services/haproxy"
  await 10 balancer_has || die "haproxy did not take the new configuration; see ./parley logs haproxy"
}
