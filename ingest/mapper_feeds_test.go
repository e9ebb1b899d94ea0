package ingest

import (
	"wuku/catalog"
	"wuku/entity"
)

// testFeeds are the feeds of the golden files and tables, by short name.
func testFeeds() map[string]*catalog.Feed {
	feeds := map[string]*catalog.Feed{"person": personFeed(), "family": familyFeed(), "company": companyFeed()}
	required := personFeed()
	required.Claims[0].Fields[0].Required = true
	required.Claims[0].Fields[2].Required = true
	feeds["required"] = required
	counter := personFeed()
	counter.Version = catalog.Version{Kind: catalog.VersionCounter, Field: "seq"}
	counter.EventTime = &catalog.Time{Field: "at", Format: "epoch_ms"}
	feeds["counter"] = counter
	broker := personFeed()
	broker.Version = catalog.Version{Kind: catalog.VersionBroker}
	broker.Delete = &catalog.Delete{Tombstone: true}
	feeds["broker"] = broker
	pair := personFeed()
	pair.Key = []string{"office", "no"}
	pair.Version, pair.Delete = broker.Version, broker.Delete
	feeds["pair"] = pair
	feeds["place"] = placeFeed()
	for name, feed := range formFeeds() {
		feeds[name] = feed
	}
	return feeds
}

// formFeeds are one feed of three elements in every form but Avro.
func formFeeds() map[string]*catalog.Feed {
	of := func(format string, edit func(*catalog.Feed)) *catalog.Feed {
		f := &catalog.Feed{
			Name: "wuxi.resident", Department: "wuxi", Topic: "src.wuxi.resident", Tier: "city", Jurisdiction: "320200", Format: format, Key: []string{"编号"},
			Version: catalog.Version{Kind: catalog.VersionCounter, Field: "seq"}, Revision: 4, Nulls: []string{"无"},
			Claims: []catalog.Slot{{Library: entity.Person, Fields: []catalog.Field{{Element: "citizen", From: "证号"}, {Element: "name", From: "姓名"},
				{Element: "height", From: "身高"}}}},
		}
		edit(f)
		return f
	}
	envelope := func(kind, field, format string) func(*catalog.Feed) {
		return func(f *catalog.Feed) { f.Version = catalog.Version{Kind: kind, Field: field, Format: format} }
	}
	return map[string]*catalog.Feed{
		"gbk": of(catalog.FormatJSON, func(f *catalog.Feed) { f.Encoding = catalog.EncodingGB18030 }),
		"array": of(catalog.FormatArray, func(f *catalog.Feed) {
			f.Delete = &catalog.Delete{Field: "state", Values: []string{"D"}}
			f.Source = &catalog.Sender{Field: "dept", Values: []string{"wuxi", "无锡"}}
		}),
		"csv": of(catalog.FormatCSV, func(f *catalog.Feed) {
			f.CSV = &catalog.CSV{Columns: []string{"编号", "证号", "姓名", "身高", "seq"}, Delimiter: "|"}
		}),
		"csvhead": of(catalog.FormatCSV, func(*catalog.Feed) {}),
		"arraybroker": of(catalog.FormatArray, func(f *catalog.Feed) {
			f.Version, f.Delete = catalog.Version{Kind: catalog.VersionBroker}, &catalog.Delete{Tombstone: true}
		}),
		"canal":   of(catalog.FormatCanal, envelope(catalog.VersionTime, "envelope.es", "epoch_ms")),
		"maxwell": of(catalog.FormatMaxwell, envelope(catalog.VersionCounter, "envelope.xid", "")),
		"event": of(catalog.FormatCloudEvents, func(f *catalog.Feed) {
			f.Key, f.Version = []string{"envelope.subject"}, catalog.Version{Kind: catalog.VersionCounter, Field: "envelope.sequence"}
			f.EventTime = &catalog.Time{Field: "envelope.time", Format: "iso"}
			f.Delete = &catalog.Delete{Field: "envelope.type", Values: []string{"person.removed"}}
			f.Source = &catalog.Sender{Field: "envelope.source", Values: []string{"/wuxi"}}
		}),
		"debezium": of(catalog.FormatDebezium, func(f *catalog.Feed) {
			f.Version = catalog.Version{Kind: catalog.VersionCounter, Field: "envelope.source.scn"}
			f.Source = &catalog.Sender{Field: "envelope.source.schema", Values: []string{"RESIDENT"}}
		}),
	}
}

// familyFeed has a list, a condition, and two slots.
func familyFeed() *catalog.Feed {
	return &catalog.Feed{
		Name: "civil.family", Department: "civil", Topic: "src.civil.family", Tier: "city", Jurisdiction: "320500", Format: catalog.FormatJSON,
		Key: []string{"no"}, Version: catalog.Version{Kind: catalog.VersionTime, Field: "at", Format: "epoch_s"}, Revision: 1,
		Claims: []catalog.Slot{
			{Library: entity.Person, Role: "head", When: &catalog.When{Field: "kind", In: []string{"1", "2"}}, Fields: []catalog.Field{
				{Element: "citizen", From: "head.id"}, {Element: "name", From: "head.name"}, {Element: "birth", From: "head.born", Format: "yyyy-MM-dd"}}},
			{Library: entity.Person, Role: "member", Each: "members", ListKey: []string{"n"}, When: &catalog.When{Field: "name", Present: true},
				Fields: []catalog.Field{{Element: "citizen", From: "id"}, {Element: "name", From: "name"}, {Element: "address", From: "$.address"}}},
		},
	}
}

// companyFeed is a Debezium feed.
func companyFeed() *catalog.Feed {
	return &catalog.Feed{
		Name: "market.company", Department: "market", Topic: "src.market.company", Tier: "city", Jurisdiction: "320500", Format: catalog.FormatDebezium,
		Key: []string{"id"}, Version: catalog.Version{Kind: catalog.VersionCounter, Field: "source.lsn"},
		EventTime: &catalog.Time{Field: "ts_ms", Format: "epoch_ms"}, Revision: 2,
		Claims: []catalog.Slot{
			{Library: entity.Organisation, Role: "company", Fields: []catalog.Field{{Element: "uscc", From: "uscc"}, {Element: "name", From: "name"}}},
			{Library: entity.Person, Role: "legal", Fields: []catalog.Field{
				{Element: "citizen", From: "legal_id"}, {Element: "passport", From: "legal_passport"}, {Element: "name", From: "legal_name"},
				{Element: "registered", From: "opened", Format: "epoch_us"}, {Element: "birth", From: "born", Format: "epoch_days"}}},
		},
	}
}

// placeFeed has no identifier.
func placeFeed() *catalog.Feed {
	return &catalog.Feed{
		Name: "land.place", Department: "land", Topic: "src.land.place", Tier: "province", Jurisdiction: "320000", Format: catalog.FormatJSON,
		Key: []string{"id"}, Version: catalog.Version{Kind: catalog.VersionBroker}, Revision: 1,
		Claims: []catalog.Slot{{Library: entity.Place, Fields: []catalog.Field{{Element: "shape", From: "wkt"}, {Element: "name", From: "name"}}}},
	}
}
