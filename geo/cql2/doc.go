// Package cql2 reads filters of the OGC Common Query Language (CQL2, OGC 21-065r2), as text and as JSON, writes them as JSON, and
// turns them into conditions for ClickHouse whose values are bound parameters.
//
// A filter is one tree: Op for everything that has arguments (=, and, like, s_intersects, +, casei …), the other node types for
// leaves. The two encodings give the same tree. Parsing knows the whole grammar; SQL refuses what Condition's documentation leaves out.
package cql2
