// Package engine brings the two engines that wuku stands on when no others are given: ClickHouse and a broker that speaks
// the Kafka protocol.
//
// ClickHouse is libchdb in a child process. Start runs this same binary again (see RunIfChild), which loads the library
// and opens the native protocol and HTTP on loopback; that is a whole ClickHouse server, so everything else knows one
// client, clickhouse-go, whether the server is ours or a cluster. A crash of the engine is not a crash of the program: a
// Supervisor starts it again on the same ports. The child lives as long as its parent, whatever the parent dies of.
//
// The broker is kfake, in this process, with its data on disk (StartBroker).
//
// The engine has three users. "wuku" is the program's own. "reader" sees base.* and "planner" sees open.*; both are
// read-only, with limits, and can reach no file, URL, remote server or other database. Passwords are generated at the
// first start and kept in Dir/engine.json, which only the owner of the process can read.
package engine
