package ingest_test

import (
	"fmt"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
)

// A Mapper is made for one feed and fed with the messages of one partition; Take hands over what they became.
func ExampleMapper() {
	cat := &catalog.Catalog{Libraries: []catalog.Library{{
		Name:     entity.Organisation,
		Identity: []catalog.Identity{{Scheme: "uscc", Elements: []string{"uscc"}}},
		Elements: []catalog.Element{{Name: "uscc", Type: catalog.TypeIdentifier, Scheme: "uscc"}, {Name: "name", Type: catalog.TypeText}},
	}}}
	feed := &catalog.Feed{
		Name: "market.company", Topic: "src.market.company", Format: catalog.FormatJSON, Key: []string{"id"},
		Version: catalog.Version{Kind: catalog.VersionBroker},
		Claims: []catalog.Slot{{Library: entity.Organisation, Fields: []catalog.Field{
			{Element: "uscc", From: "code"}, {Element: "name", From: "company.name", Required: true}}}},
	}
	m, err := ingest.NewMapper(cat, feed, entity.NewAnchorer([]byte("a key of at least 32 random bytes")), ingest.MapperOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for offset, value := range []string{
		`{"id": 1, "code": "913205001234567881", "company": {"name": "苏州某某公司"}}`,
		`{"id": 2, "code": "913205001234567881", "company": {}}`,
	} {
		m.Map(&ingest.Message{Topic: feed.Topic, Offset: int64(offset), TimeMS: 1772672400000, Value: []byte(value)})
	}
	b := m.Take(feed.Topic, 0, 0, 2)
	fmt.Println(b.Claims[0].Table, b.Claims[0].Rows)
	fmt.Println(b.Quarantine.Table, b.Quarantine.Rows)
	fmt.Println(b.Ledger.Table, b.Ledger.Rows)
	m.Recycle(b)
	// Output:
	// claims.organisation 1
	// quality.quarantine 1
	// ledger.message 2
}
