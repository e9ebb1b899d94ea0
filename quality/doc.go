// Package quality looks across records for what no single message shows: departments that disagree, and records that stand twice.
//
// Ingest raises findings about one message (a value that its element refuses); they are true of that version for ever. What an
// inspection finds holds only as long as its cause does: Inspect works out what holds now, in the engine, from live claims and what
// the catalogue declares, and opens and closes findings by the difference to what was open before. An unchanged library gives no
// new row. Rules:
//
//	cross.differs     不一致: a feed of an element's authority list holds another value than the feed whose value wins. The finding
//	                  stands at the losing claim. No finding: feeds outside the list, feeds of the same rank (their jurisdictions
//	                  are disjoint), superseded versions, and elements that the winning claim of a group leaves empty
//	record.duplicate  重复: in a slot that the catalogue calls single, an entity has more than one live record of the feed; the
//	                  finding stands at all but the newest
//	entity.overlaps   图形重叠: the shape of a parcel overlaps that of another; package space finds it, with each version of the places
//	entity.outside_division 图形越界: a tenth or more of a shape lies outside the county of its record
//
// The life of a finding: quality.finding has one row for each claim, element and rule, written once and never changed;
// quality.state says whether it is open, and at which entity.
package quality
