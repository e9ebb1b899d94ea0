// Package store keeps the claims, the ledger and the base libraries in ClickHouse: it migrates, writes columns, runs the statements
// of package sql and reads. It knows one thing, a ClickHouse server over its native protocol, whether that is the embedded engine
// or a cluster; it fulfils by shape the interfaces that ingest, resolve and serve declare.
package store
