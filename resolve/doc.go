// Package resolve turns claims into base records: which anchors are one entity, which claim wins each element, what changed, in
// which order. The rule is compiled from the catalogue (Compile) into the SQL of sql/cycle and runs inside ClickHouse; this package
// only says which statement comes when.
//
// # Why it cannot drift
//
// A base record is a pure function of the live claims of its anchors, the live edges and the catalogue's revision. Nothing else
// enters: no clock, no order of arrival, no earlier result. So the same messages, in any order, doubled, interrupted, give the same
// values, and Verify can work everything out again beside and compare digests.
//
// # A cycle
//
// One owner a library (Take) runs cycles one after another (Owner.Cycle): the windows of new ledger rows up to the first hole; the
// records in them; what their newer versions no longer name (gone, stay); the anchors they touch and all that is tied to those; the
// identifier forest and the links over it (members); the new rows beside the old; the changes between them; the rows; the numbered
// events; the marker. A cycle that dies before its marker is done again by the next one, and nothing of it shows twice.
//
// An Owner belongs to one goroutine; Explain, Verify, Accounts and Events may be called concurrently.
package resolve
