package serve_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/serve"
	"wuku/serve/access"
)

// shelf is a fake of what keeps catalogues: revision 1 is there from 2020 on.
type shelf struct {
	mu        sync.Mutex
	kept      map[string]*catalog.Catalog
	published []*catalog.Catalog
}

func (s *shelf) all() []*catalog.Catalog {
	first, err := catalog.Load(os.DirFS("../catalog/testdata/small"))
	if err != nil {
		panic(err)
	}
	return append([]*catalog.Catalog{first}, s.published...)
}

// Keep implements serve.Catalogues.
func (s *shelf) Keep(_ context.Context, id string, c *catalog.Catalog) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[id] = c
	return nil
}

// Rehearse implements serve.Catalogues.
func (s *shelf) Rehearse(_ context.Context, c *catalog.Catalog) (*serve.CatalogRehearsal, error) {
	return &serve.CatalogRehearsal{NotTried: []string{catalog.Digest(c)}, Values: []serve.RehearsedValue{}, Rules: []serve.RehearsedRule{}, Readers: []serve.RehearsedReader{}}, nil
}

// Kept implements serve.Catalogues.
func (s *shelf) Kept(_ context.Context, id string) (*catalog.Catalog, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.kept[id]; c != nil {
		return c, nil
	}
	return nil, serve.ErrNone
}

// Revisions implements serve.Catalogues.
func (s *shelf) Revisions(_ context.Context, from uint32, limit int) (list []serve.CatalogRevision, _ error) {
	for i := len(s.published) + 1; i > 0 && len(list) < limit; i-- {
		if uint32(i) <= from {
			list = append(list, serve.CatalogRevision{Revision: uint32(i)})
		}
	}
	return list, nil
}

// Revision implements serve.Catalogues.
func (s *shelf) Revision(_ context.Context, n uint32) (*catalog.Catalog, error) {
	if all := s.all(); n > 0 && int(n) <= len(all) {
		return all[n-1], nil
	}
	return nil, serve.ErrNone
}

// RevisionAt implements serve.Catalogues.
func (s *shelf) RevisionAt(_ context.Context, at time.Time) (uint32, error) {
	if at.Year() < 2020 {
		return 0, nil
	}
	return 1, nil
}

// Publish implements serve.Catalogues.
func (s *shelf) Publish(_ context.Context, c *catalog.Catalog, _ string) (uint32, error) {
	s.published = append(s.published, c)
	return uint32(len(s.published) + 1), nil
}

// Now implements serve.Catalogues.
func (s *shelf) Now(context.Context) (uint32, error) { return uint32(len(s.published) + 1), nil }

// packed is the small catalogue as a zip, below a folder, with some text of its files replaced.
func packed(t *testing.T, old, replaced string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	root := os.DirFS("../catalog/testdata/small")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		w, err := z.Create("mine/" + path)
		if err != nil {
			return err
		}
		_, err = w.Write(bytes.ReplaceAll(content, []byte(old), []byte(replaced)))
		return err
	})
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCatalogByTwo proposes a catalogue, which two who are not the proposer approve, one of them a steward; rolls it back; and refuses what is
// wrong, stale or personal.
func TestCatalogByTwo(t *testing.T) {
	t.Parallel()
	var k *shelf
	w := newWorld(t, func(cfg *serve.Config) { k = cfg.Catalogues.(*shelf) })
	const path = "/api/v1/catalog/proposals"
	propose := func(role, body, title string) answer {
		return w.call(t, role, http.MethodPost, path+"?reason=because&title="+url.QueryEscape(title), body, "Content-Type", "application/zip")
	}
	if a := propose("operator", "PK", "broken"); a.code() != "file.invalid" {
		t.Errorf("no zip: %d %s", a.status, a.body)
	}
	if a := propose("operator", packed(t, "police.person", "police.nobody"), "wrong"); a.code() != "catalog.invalid" || !strings.Contains(a.body, "faults") {
		t.Errorf("a catalogue with errors: %d %s", a.status, a.body)
	}
	if a := propose("operator", packed(t, "", ""), citizenA); a.code() != "text.personal" {
		t.Errorf("a person in the title: %d %s", a.status, a.body)
	}
	file := func(title string) string {
		var p serve.ProposalDone
		a := propose("operator", packed(t, "公安", "公安"+title), title)
		a.decode(t, http.StatusCreated, &p)
		return p.ID
	}
	first, second := file("甲一"), file("乙二")
	if again := file("甲一"); again != first {
		t.Errorf("the same proposal twice: %s and %s", first, again)
	}
	var seen serve.ProposalAnswer
	a := w.call(t, "service", http.MethodGet, path+"/"+first, "")
	a.decode(t, http.StatusOK, &seen)
	if len(seen.Changes) == 0 || seen.State != access.ProposalOpen {
		t.Errorf("%s", a.body)
	}
	var tried serve.CatalogRehearsal
	a = w.call(t, "steward", http.MethodPost, path+"/"+first+"/rehearsal", "")
	a.decode(t, http.StatusOK, &tried)
	if len(tried.NotTried) != 1 || tried.NotTried[0] != seen.Digest { // it is the proposed one that is tried
		t.Errorf("%s", a.body)
	}
	if a := w.call(t, "planner", http.MethodPost, path+"/"+first+"/rehearsal", ""); a.code() != "role.denied" {
		t.Errorf("a planner rehearses: %d %s", a.status, a.body)
	}
	vote := func(role, id, step string) answer {
		return w.call(t, role, http.MethodPost, path+"/"+id+"/"+step, `{"reason":"so it is"}`)
	}
	for _, x := range []struct {
		role, step, code string
		state            string
	}{
		{"operator", "approval", access.NoRole, ""}, {"planner", "approval", access.NoRole, ""}, {"steward", "withdrawal", access.NoApplication, ""},
		{"department", "approval", "", access.ProposalOpen}, {"department", "approval", access.VotedAlready, ""}, {"steward", "approval", "", access.ProposalPublished},
		{"steward", "rejection", access.WrongState, ""}, {"steward", "approval", access.StaleBase, ""},
	} {
		a := vote(x.role, first, x.step)
		if a.code() != x.code || x.state != "" && !strings.Contains(a.body, `"state":"`+x.state+`"`) {
			t.Errorf("%s %s: %d %s", x.role, x.step, a.status, a.body)
		}
	}
	if len(k.published) != 1 || catalog.Digest(k.published[0]) != seen.Digest {
		t.Errorf("%d published", len(k.published))
	}
	if a := vote("steward", second, "approval"); a.code() != access.StaleBase {
		t.Errorf("for a catalogue that is no longer in force: %d %s", a.status, a.body)
	}
	var back serve.ProposalDone
	a = w.call(t, "operator", http.MethodPost, "/api/v1/catalog/restorations", `{"revision":1,"reason":"it was better"}`)
	a.decode(t, http.StatusCreated, &back)
	k.kept[back.ID] = k.published[0] // somebody writes into the table: the votes are for the digest
	if a := vote("steward", back.ID, "approval"); a.code() != access.StaleBase {
		t.Errorf("changed content: %d %s", a.status, a.body)
	}
	for i, n := range map[string]int{"": 200, "?as_of=2026-01-01T00:00:00Z": 200, "?as_of=2019-01-01T00:00:00Z": 404, "?as_of=x": 400} {
		if a := w.call(t, "service", http.MethodGet, "/api/v1/catalog/libraries/person"+i, ""); a.status != n {
			t.Errorf("as of %s: %s %s", i, strconv.Itoa(a.status), a.body)
		}
	}
}
