#!/usr/bin/env bash
# kafka.sh start DIR PORT [NODES] [key=value ...]   Apache Kafka itself, on loopback, for tests: one node or a cluster.
# kafka.sh jars                                     only fetch the jars
# kafka.sh archive                                  make the class archive, which halves the start (about 15 s, once)
#
# Kafka comes by Maven from its published coordinates, into ${XDG_CACHE_HOME:-$HOME/.cache}/wuku/kafka-VERSION, once.
# Node I of a cluster listens on PORT+I-1, its controller on PORT+NODES+I-1; the data and the log are in DIR/nI, the
# process id in DIR/nI/pid. start prints the bootstrap list when every node answers. It is idempotent: nodes that run are
# left alone, dead ones are started again on their data. Stop a node with kill, crash it with kill -9.
# Needs java 17 or newer, mvn and flock.
set -euo pipefail

version=4.4.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wuku/kafka-$version
jars=$cache/jars
archive=$cache/classes.jsa
wait_seconds=${KAFKA_WAIT:-90}

fail() { echo "kafka.sh: $*" >&2; exit 1; }

fetch_jars() {
  [ -f "$jars/.complete" ] && return
  command -v mvn >/dev/null || fail "mvn is not installed; install Maven (apt install maven)"
  mkdir -p "$cache"
  (
    flock 9
    [ -f "$jars/.complete" ] && exit 0
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    rm -rf "$jars"
    cat >"$tmp/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>wuku</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
    mvn -B -q -f "$tmp/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars" >&2 ||
      fail "Maven could not fetch org.apache.kafka:kafka_2.13:$version; see its message above"
    touch "$jars/.complete"
  ) 9>"$cache/.lock"
}

# properties DIR NODE NODES PORT [key=value ...]
properties() {
  local dir=$1 node=$2 nodes=$3 port=$4 voters='' i
  shift 4
  for ((i = 1; i <= nodes; i++)); do voters+=${voters:+,}$i@127.0.0.1:$((port + nodes + i - 1)); done
  local copies=$((nodes < 3 ? nodes : 3))
  local insync=$((copies > 1 ? copies - 1 : 1))
  cat <<PROPERTIES
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$voters
listeners=PLAINTEXT://127.0.0.1:$((port + node - 1)),CONTROLLER://127.0.0.1:$((port + nodes + node - 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$((port + node - 1))
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/data
num.partitions=6
default.replication.factor=$copies
min.insync.replicas=$insync
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$insync
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$insync
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=300
PROPERTIES
  [ $# -eq 0 ] || printf '%s\n' "$@"
}

java_options=(-Xms256m -Xmx256m -XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
  -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info
  -Dorg.slf4j.simpleLogger.showDateTime=true)

alive() { [ -f "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }

# launch DIR NODE NODES PORT [key=value ...]: start one node in the background.
launch() {
  local dir=$1 options=("${java_options[@]}")
  mkdir -p "$dir"
  properties "$@" >"$dir/server.properties"
  if [ -f "$archive" ]; then options+=(-XX:SharedArchiveFile="$archive" -Xshare:auto); fi
  if [ ! -f "$dir/data/meta.properties" ]; then
    java "${options[@]}" -cp "$jars/*" kafka.tools.StorageTool format -t d3VrdS10ZXN0LWNsdXN0ZQ -c "$dir/server.properties" \
      --ignore-formatted >"$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; fail "formatting $dir/data failed"; }
  fi
  : >"$dir/server.log"
  setsid nohup java "${options[@]}" ${KAFKA_JVM_OPTIONS:-} -cp "$jars/*" kafka.Kafka "$dir/server.properties" \
    >"$dir/server.log" 2>&1 </dev/null 9>&- &
  echo $! >"$dir/pid"
}

# ready DIR PORT: wait until the node says so and its port answers. Status 1: the node has died.
ready() {
  local i
  for ((i = 0; i < wait_seconds * 20; i++)); do
    alive "$1" || return 1
    grep -q 'Kafka Server started' "$1/server.log" && (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return
    sleep 0.05
  done
  fail "the node in $1 is not ready after $wait_seconds s; see $1/server.log"
}

start() {
  local dir=${1:?directory} port=${2:?port} nodes=1 i bootstrap=''
  shift 2
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then nodes=$1; shift; fi
  command -v java >/dev/null || fail "java is not installed; install a Java 17 runtime (apt install openjdk-17-jre-headless)"
  fetch_jars
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  for ((i = 1; i <= nodes; i++)); do
    alive "$dir/n$i" || launch "$dir/n$i" "$i" "$nodes" "$port" "$@"
  done
  for ((i = 1; i <= nodes; i++)); do
    # A node that was killed a moment ago still counts as alive above; then it is started now.
    ready "$dir/n$i" $((port + i - 1)) || {
      launch "$dir/n$i" "$i" "$nodes" "$port" "$@"
      ready "$dir/n$i" $((port + i - 1)) || { tail -20 "$dir/n$i/server.log" >&2; fail "the node in $dir/n$i has died; its last words stand above"; }
    }
    bootstrap+=${bootstrap:+,}127.0.0.1:$((port + i - 1))
  done
  echo "$bootstrap"
}

make_archive() {
  fetch_jars
  [ -f "$archive" ] && return
  (
    flock 9
    [ -f "$archive" ] && exit 0
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    KAFKA_JVM_OPTIONS="-XX:ArchiveClassesAtExit=$archive.new" bash "${BASH_SOURCE[0]}" start "$tmp" "${1:-39092}" >/dev/null
    pid=$(cat "$tmp/n1/pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    mv "$archive.new" "$archive"
  ) 9>"$cache/.lock-archive"
}

case "${1:-}" in
  start) shift; start "$@" ;;
  jars) fetch_jars ;;
  archive) shift; make_archive "$@" ;;
  *) fail "usage: kafka.sh start DIR PORT [NODES] [key=value ...] | jars | archive" ;;
esac
