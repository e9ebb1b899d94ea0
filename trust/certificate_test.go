package trust

import (
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

var issued = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// statementOf is a statement with a loser for each reason.
func statementOf() Statement {
	value := "王小明"
	voice := func(feed string, rank int, version string, day int) Voice {
		return Voice{Feed: feed, Department: strings.Split(feed, ".")[0], Rank: rank, Version: version, EventTime: issued.AddDate(0, 0, day), Topic: "src." + feed, Offset: 7}
	}
	lost := func(v Voice, reason string) LosingOne {
		return LosingOne{Voice: v, Reason: reason, Text: "…", Commitment: Commit("s", "x")}
	}
	return Statement{Type: CertificateType, Issued: issued, Library: "person", Entity: "e", Element: "name", Level: 3, Value: &value, Salt: "salt",
		Commitment: Commit("salt", value), Client: "schools", Grant: "g1", Purpose: "enrolment", Case: "SE-1",
		Rule:   RuleOf{Catalog: "c", Revision: 3, Digest: "d", Authority: [][]string{{"police.person", "civil.person"}, {"health.birth"}}},
		Winner: voice("police.person", 1, "20", 5),
		Losers: []LosingOne{
			lost(voice("health.birth", 2, "99", 9), LostByRank), lost(voice("civil.person", 1, "99", 4), LostByTime),
			lost(voice("civil.person", 1, "19", 5), LostByVersion), lost(voice("police.person", 1, "20", 5), LostByFeed),
			lost(voice("tax.payer", 0, "5", 9), LostByUnlisted), lost(voice("police.person", 1, "30", 1), LostNotLive),
		}}
}

// certified puts a certificate on a log with other leaves around it.
func certified(t *testing.T, s Statement) (text []byte, verifier string, other string) {
	t.Helper()
	ctx := context.Background()
	l := open(t, t.TempDir())
	defer l.Close()
	for i := range 5 {
		if _, err := l.Append(ctx, leaf(i)); err != nil {
			t.Fatal(err)
		}
	}
	call := Leaf{Time: issued, Caller: "k", Client: s.Client, Operation: "certify", Grant: s.Grant, Purpose: s.Purpose, Case: s.Case, Library: s.Library,
		Columns: []string{s.Element}, Count: 1, Decision: Allowed}
	c, err := l.Certify(s, call, func(leaf Leaf) (int64, error) { return l.Append(ctx, leaf) }, issued.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, t.TempDir())
	defer second.Close()
	return text, l.VerifierText(), second.VerifierText()
}

// TestTamperedCertificatesFail changes a certificate in every way that could help somebody and wants the reason.
func TestTamperedCertificatesFail(t *testing.T) {
	t.Parallel()
	text, verifier, other := certified(t, statementOf())
	if s, err := VerifyCertificate(text, verifier); err != nil || *s.Value != "王小明" || len(s.Losers) != 6 {
		t.Fatalf("untouched: %v", err)
	}
	statement := func(change func(s *Statement)) func(c *Certificate) {
		return func(c *Certificate) {
			var s Statement
			if err := json.Unmarshal(c.Statement, &s); err != nil {
				t.Fatal(err)
			}
			change(&s)
			b, err := json.Marshal(s, json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			c.Statement = jsontext.Value(b)
		}
	}
	cases := []struct {
		name   string
		change func(c *Certificate)
		code   string
	}{
		{"another value", statement(func(s *Statement) { v := "李四"; s.Value = &v }), FlawValue},
		{"another value with its own commitment", statement(func(s *Statement) { v := "李四"; s.Value, s.Commitment = &v, Commit(s.Salt, v) }), FlawStatement},
		{"another winner", statement(func(s *Statement) { s.Winner.Feed = "tax.payer" }), FlawWinner},
		{"a better rank", statement(func(s *Statement) { s.Losers[0].Rank = 1 }), FlawRank},
		{"an older winner", statement(func(s *Statement) { s.Winner.EventTime = issued }), FlawOrder},
		{"another reason", statement(func(s *Statement) { s.Losers[1].Reason = LostByRank }), FlawReason},
		{"a loser left out", statement(func(s *Statement) { s.Losers = s.Losers[1:] }), FlawStatement},
		{"another authority", statement(func(s *Statement) { s.Rule.Digest = "e" }), FlawStatement},
		{"another purpose", statement(func(s *Statement) { s.Purpose = "tax" }), FlawLeaf},
		{"another message", statement(func(s *Statement) { s.Winner.Offset++ }), FlawStatement},
		{"another digest in the leaf", func(c *Certificate) { c.Leaf = strings.Replace(c.Leaf, `"digest":"`, `"digest":"0`, 1) }, FlawStatement},
		{"another caller in the leaf", func(c *Certificate) { c.Leaf = strings.Replace(c.Leaf, `"caller":"k"`, `"caller":"l"`, 1) }, FlawPath},
		{"another index", func(c *Certificate) { c.Index-- }, FlawPath},
		{"an index outside", func(c *Certificate) { c.Index = 99 }, FlawPath},
		{"another path", func(c *Certificate) { c.Path[0] = tlog.Hash{1} }, FlawPath},
		{"a shorter path", func(c *Certificate) { c.Path = c.Path[1:] }, FlawPath},
		{"another root", func(c *Certificate) { c.Checkpoint = strings.Replace(c.Checkpoint, "\n6\n", "\n7\n", 1) }, FlawCheckpoint},
		{"no leaf", func(c *Certificate) { c.Leaf = "x" }, FlawLeaf},
		{"another form", statement(func(s *Statement) { s.Type = "something" }), FlawForm},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var one Certificate
			if err := json.Unmarshal(text, &one); err != nil {
				t.Fatal(err)
			}
			c.change(&one)
			b, err := json.Marshal(one)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := VerifyCertificate(b, verifier); AsFlaw(err) == nil || AsFlaw(err).Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
	if _, err := VerifyCertificate(text, other); AsFlaw(err) == nil || AsFlaw(err).Code != FlawCheckpoint {
		t.Errorf("under another key: %v", err)
	}
	if _, err := VerifyCertificate(append([]byte(`{"extra":1,`), text[1:]...), verifier); AsFlaw(err) == nil || AsFlaw(err).Code != FlawForm {
		t.Errorf("with something added: %v", err)
	}
}

// TestCertificateBeforeItsTime refuses a statement that claims to be younger than the root over it.
func TestCertificateBeforeItsTime(t *testing.T) {
	t.Parallel()
	s := statementOf()
	s.Issued = issued.Add(time.Hour)
	text, verifier, _ := certified(t, s)
	if _, err := VerifyCertificate(text, verifier); AsFlaw(err) == nil || AsFlaw(err).Code != FlawTime {
		t.Errorf("%v", err)
	}
}

// TestLineIsTheStoredLeaf reads leaves back byte for byte.
func TestLineIsTheStoredLeaf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	defer l.Close()
	for i := range 600 {
		if _, err := l.Append(context.Background(), leaf(i)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "audit", "leaves"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	for _, i := range []int64{0, 255, 256, 599} {
		if got, err := l.Line(i); err != nil || string(got) != lines[i] {
			t.Errorf("leaf %d: %v", i, err)
		}
	}
	if _, err := l.Line(600); err == nil {
		t.Error("a leaf that is not there")
	}
}
