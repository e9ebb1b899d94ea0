// Package wuku (五库) is a program that keeps a province's five base libraries: population 人口, legal entity 法人, e-certificate
// 电子证照, social credit 社会信用, natural resources and spatial geography 自然资源和空间地理. Departments publish to topics; every
// element of every library has one authoritative source (一数一源); what departments say is kept as claims, and the libraries are
// a pure function of them.
//
// # The life of a record
//
//  1. A department publishes a message to its feed's topic. The topic is the identity: nobody else can write there.
//  2. ingest's consumer owns the partition and fetches the message: committed records only, every offset accounted for, gaps and
//     re-created topics reported as incidents (ingest/fetch_*.go, ingest/consumer_*.go).
//  3. ingest's mapper decodes it, checks every element against the catalogue, and turns it into columns: claims at the anchors that
//     its identifiers give, one row for the ledger, findings for elements that failed, or the whole message for quarantine with its
//     reason (ingest/mapper*.go, ingest/convert*.go, entity/ident*.go).
//  4. store writes claims, findings and quarantine, then the record index, then the ledger. Here, when the ledger's insert is
//     acknowledged, the record is durable; only then is the offset committed to Kafka, and that is for monitoring only: after a
//     restart reading goes on where the ledger ends (store/sink.go).
//  5. The owner of the library runs a cycle: it takes the ledger's new rows up to the first hole, finds which anchors they touch,
//     states what newer versions no longer name (gone), works out which anchors are one entity, applies the rule in SQL, notes what
//     changes, publishes the base rows, numbers the events and writes the marker. Everything before the marker may be done again;
//     nothing after (resolve/owner.go, sql/cycle/*.sql).
//  6. Readers see base.person, base.organisation, base.certificate, base.credit, base.place; planners see open.*; events go to
//     wuku.changes.<library> (sql/library/views.sql, serve/).
//
// # Where to look
//
// entity: what things are. catalog: the declaration of everything. ingest: topics to claims. resolve: claims to base records. sql:
// every statement. store: ClickHouse. engine: the embedded engines. trust: the audit log and keys. serve, web: API and console.
// demo: the synthetic province. bench: figures with their peers. cmd/wuku: the program. layout_test.go holds the drawing.
package wuku
