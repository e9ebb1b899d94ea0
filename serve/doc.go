// Package serve is the HTTP API and the console: the right value, to the right caller, for a stated purpose, on the record.
//
// # The way of a call
//
//  1. outer (middleware.go) bounds the request, names its language and finds out who calls: a key gives a trust.Principal.
//  2. huma checks path, query and body against the types of the operation. Its errors become problem documents (problem.go) that
//     never echo a value.
//  3. The operation asks [Server.decide], the one choke point, which asks access.Decide: caller, grant, purpose, case, elements.
//  4. Package serve/read wants that decision and reads what it allows, nothing else; serve holds no other way to the tables.
//  5. Values are masked as the decision says (value.go) and the answer is made in full.
//  6. The leaf of the audit log is durable before the first byte leaves (call.go). A log that cannot be written is a 503.
//
// A new operation is one file: its input and output types, and a call of register.
package serve
