// Package match finds out which records are of the same person or organisation when no identifier says so: probabilistic record
// linkage after Fellegi and Sunter. 概率匹配
//
// # How it works
//
// A Mapping says what the columns are. Values are brought into one form a kind (value.go: simplified characters, readings, dates,
// numbers of an address) and kept once each. Records that share a key (block.go) are compared field by field; each level of
// agreement tells so many bits for or against (compare.go, model.go), equal values by their own frequency. How many is learned
// from the records themselves, without labels (train.go). Pairs above a threshold are edges; clusters are a pure function of the
// edges (cluster.go): best edge first, and never two different valid identifiers in one.
//
// The package does no I/O, keeps no clock, and its results depend on the records and the model only, never on their order in
// time. A model is immutable and may be shared; an Index and a Batch belong to one goroutine.
package match
