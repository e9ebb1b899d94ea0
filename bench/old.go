package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
)

// oldCatalogue is the peer that is ours again, on the same broker and messages, under the catalogue as it was when the mix was first measured:
// whether breadth costs the feeds that were there before.
const oldCatalogue = "old-catalogue"

// oldFeeds are the 37 feeds of that catalogue.
var oldFeeds = strings.Fields(`civil.cremation civil.marriage civil.organisation credit.licence credit.penalty data.certificate education.student
	health.birth health.death housing.building hrss.employer hrss.insured immigration.document land.parcel land.property market.company market.licence
	market.penalty medins.insured nanjing.certificate nanjing.enterprise nanjing.penalty nanjing.place nanjing.resident police.address police.driver
	police.household police.person suzhou.certificate suzhou.enterprise suzhou.penalty suzhou.place suzhou.resident tax.taxpayer transport.permit
	wuxi.resident xuzhou.resident`)

// narrow is the catalogue without all that came later: feeds, elements that none of the old ones gives, relations, rules, warnings, matters.
func narrow(c *catalog.Catalog) *catalog.Catalog {
	n := *c
	n.Packs, n.Warnings, n.Matters, n.Items, n.Feeds, n.Libraries = nil, nil, nil, nil, nil, nil
	mapped := map[string]bool{}
	for _, f := range c.Feeds {
		if !slices.Contains(oldFeeds, f.Name) {
			continue
		}
		n.Feeds = append(n.Feeds, f)
		for _, s := range f.Claims {
			for _, x := range s.Fields {
				mapped[s.Library+"."+x.Element] = true
			}
		}
	}
	for _, l := range c.Libraries {
		all := l.Elements
		l.Relations, l.Elements = nil, nil
		for _, e := range all {
			if !mapped[l.Name+"."+e.Name] {
				continue
			}
			ranks := e.Authority
			e.Authority = nil
			for _, r := range ranks {
				if r = slices.DeleteFunc(slices.Clone(r), func(f string) bool { return !slices.Contains(oldFeeds, f) }); len(r) > 0 {
					e.Authority = append(e.Authority, r)
				}
			}
			l.Elements = append(l.Elements, e)
		}
		n.Libraries = append(n.Libraries, l)
	}
	return &n
}

// measureOld is measureOurs under the old catalogue.
func measureOld(ctx context.Context, cfg Config, dir string, b *broker) (side *Side, err error) {
	cfg.Say("peer %s", oldCatalogue)
	cfg.narrow, cfg.Profile = true, ""
	run := &IngestRun{Records: cfg.Records}
	if err := measureOurs(ctx, cfg, dir, b, run); err != nil {
		return nil, fmt.Errorf("under %d feeds: %w", len(oldFeeds), err)
	}
	if run.Ours.Landed == 0 {
		return nil, errors.New("nothing landed")
	}
	run.Ours.Name, run.Ours.Does = oldCatalogue, fmt.Sprintf("ours, under a catalogue of %d feeds", len(oldFeeds))
	return &run.Ours, nil
}
