// Package entity is what the things in the five base libraries are: the ground that every other room stands on. It has no I/O, no
// clock and no configuration; the same input gives the same output on every machine.
//
// # Where is what
//
//   - Identifiers and their check rules: [Normalise] brings an identifier of any scheme to its one normal form or says with a
//     stable code what is wrong with it ([IdentifierFaults] lists all codes). [CitizenCheck], [USCCCheck], [OrgCodeCheck],
//     [RegNoCheck] and [CertificateCheck] compute check characters; [BirthDate] and [Sex] read a citizen number.
//     ident.go dispatches, ident_clean.go cleans, the other ident_*.go hold one family of schemes each.
//   - Divisions through time: [Divisions] is the table from 1981 to 2024 with names, parents and successors; [DivisionExisted],
//     [DivisionValidIn] and [CitizenDivision] are its quick questions. division.go asks, division_table.go reads data/.
//   - Anchors: [Anchorer] turns a normalised identifier into the keyed id that stands in tables, events and URLs (anchor.go).
//   - Claims: [Version], [Op], [Outcome] and [Naming] are the words of the ledger and the claims (claim.go); [Batch] is what
//     ingest hands to a sink, built of [Block] and [Column] in the engine's own byte layout (batch.go, column.go).
//   - Faults: [Fault] is what is wrong, where and what to do, never with the value (fault.go); [Incident] and [Position] tell
//     about a feed and where reading goes on (position.go).
//
// # An identifier's way
//
// A field of a message reaches Normalise with the scheme that the catalogue gives its element. The normal form is hashed by an
// Anchorer into the claim's anchor, so two spellings of one number meet in one anchor. A fault becomes a finding: the
// element is left out, and the record keeps its last good anchor. The county in a citizen number is a separate, weaker check
// (CitizenDivision), since a number keeps for life the prefix of the place and time where it was given out.
package entity
