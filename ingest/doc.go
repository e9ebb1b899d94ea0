// Package ingest reads departments' topics, maps their messages by the catalogue and hands the rows to a Sink.
//
// # Life of a message
//
//  1. The consumer group assigns partitions (kafka-go's ConsumerGroup, never its Reader, which loses and leaks). The group's
//     committed offset is not used: reading begins where the ledger has its first hole (Sink.Positions), after the last
//     message before it has been compared with the topic. What does not fit is an incident, never a guess.
//  2. One fetch request a broker asks for all its partitions. Only committed records are taken: records of aborted
//     transactions, markers, holes of compaction and what retention deleted become ranges. So each offset is accounted for.
//  3. A worker maps the partition's messages in order (Mapper): claims, findings, quarantine, and one ledger row a message. It
//     never fails; a message that crashes it goes to quarantine as ReasonCrasher.
//  4. The collector takes what all partitions have mapped, at the latest after Config.Flush (ten times that while the topics are far
//     ahead), into one Sink.Write. At most two are under way, so that mapping and storing overlap. When both are, mapping stops,
//     then fetching; heartbeats do not.
//  5. THE MESSAGE IS DURABLE when Sink.Write returns nil: its claims were stored first and its ledger row last.
//  6. Then the offset is committed to the group, for monitoring.
//
// A stop anywhere before 5 means that the message is read again; its rows are a function of the message alone and fall onto
// themselves. Two owners for a moment, or a member that wakes up late, write the same rows twice.
//
// # Where to find it
//
// consumer.go has Sink, Config and the group's life; consumer_session.go a generation's partitions; consumer_fetch.go,
// consumer_map.go and consumer_write.go the three stages. fetch_*.go speak Kafka's fetch protocol over kafka-go's
// connections; position.go compares ledger and topic. mapper*.go, compile.go, decode.go, flatten.go and convert*.go turn a
// message into rows. publish.go writes topics, retry.go is the way back from quarantine, lag.go what is told about it all.
package ingest
