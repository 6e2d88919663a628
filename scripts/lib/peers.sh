# Other servers that a bench measures beside Parley: unpacked from Debian's packages or fetched by npm when a bench asks for
# them, below .parley/bench/peers, never installed. Sourced.
# shellcheck shell=bash

peers=$cache/bench/peers

# peer_unpack PACKAGE…: prints where they were unpacked. Fails when they cannot be had.
peer_unpack() {
  local place=$peers/$1
  if [ ! -e "$place/done" ]; then
    say "Fetching $*" >&2
    rm -rf "$place" && mkdir -p "$place"
    (cd "$place" && apt-get download -q "$@" >/dev/null 2>&1 && for package in *.deb; do dpkg-deb -x "$package" .; done) ||
      return 1
    touch "$place/done"
  fi
  printf '%s' "$place"
}

peer_nats() {
  local port=$1 place
  place=$(peer_unpack nats-server) || return 1
  cat >"$peers/nats.conf" <<CONF
listen: 127.0.0.1:$(free_port)
websocket { listen: "127.0.0.1:$port", no_tls: true }
CONF
  load_beside nats-server nats "$port" env GOMAXPROCS=1 "$place/usr/sbin/nats-server" -c "$peers/nats.conf"
}

# With the libraries it needs and nothing else here does. It does not start without a listener that is no WebSocket, and an address of
# one that is it takes for every address; the name of an interface it does not.
peer_mosquitto() {
  local port=$1 place libs
  place=$(peer_unpack mosquitto libdlt2 libwrap0) || return 1
  libs=$(dirname "$(find "$place" -name 'libwrap.so.0' | head -n 1)")
  cat >"$peers/mosquitto.conf" <<CONF
listener $(free_port) 127.0.0.1
listener $port lo
protocol websockets
allow_anonymous true
persistence false
max_queued_messages 0
log_dest stderr
log_type error
user $(id -un)
CONF
  load_beside mosquitto mqtt "$port" env "LD_LIBRARY_PATH=$libs" "$place/usr/sbin/mosquitto" -c "$peers/mosquitto.conf"
}

# Two would need a balancer before them; one with the adapter publishes each message to Redis and to its own sockets.
peer_socketio() {
  local port=$1 redis
  with_build_lock install_node_packages bench/peers || return 1
  redis=$(free_port)
  "$cache/bin/redis-server" --port "$redis" --bind 127.0.0.1 --save '' --dir "$peers" >"$dir/socketio-redis.log" 2>&1 9>&- &
  load_pids+=("$!")
  wait_until 20 is_open "$redis"
  load_beside socketio socketio "$port" node bench/peers/socketio.mjs "$port" "$redis"
}
