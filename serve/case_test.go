package serve_test

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json/v2"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wuku/matter"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// keyFor makes a key of a department or service with grants for cases, by which calls name it.
func (w *provinceWorld) keyFor(t testing.TB, client, role, department string) {
	t.Helper()
	key, _, err := w.book.Issue(t.Context(), trust.Principal{ID: "test"}, trust.Principal{Client: client, Name: client, Role: role, Department: department}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.keys[client] = key
	for id, a := range access.Demo(w.c) {
		if strings.HasPrefix(id, "demo-department-case-") {
			w.grant(t, client, a.Terms)
		}
	}
}

// TestCase goes the whole way of a case: opened at a counter, open points told, refused by the competent department, appealed, decided by
// another, archived, counted; and who may not do what.
func TestCase(t *testing.T) {
	w := newProvinceWorld(t)
	w.keyFor(t, "land-1", trust.RoleDepartment, "land")
	w.keyFor(t, "land-2", trust.RoleDepartment, "land")
	w.keyFor(t, "culture", trust.RoleDepartment, "culture")
	p, err := matter.Compile(w.c, "property_transfer")
	if err != nil {
		t.Fatal(err)
	}
	var opened serve.CaseAnswer
	w.open(t, p.Name, w.prove(t, p, always), `,"brought":["contract"],"number":"N-1"`).decode(t, http.StatusCreated, &opened)
	if !slices.Equal(opened.Open, []string{"tax_receipt"}) || outcomeOf(t, opened, "contract").State != matter.Accepted || opened.Case.Number != "N-1" {
		t.Errorf("%+v", opened)
	}
	path := "/api/v1/cases/" + opened.Case.ID
	decide := func(who string, accept bool, more string) answer {
		return w.call(t, who, http.MethodPost, path+"/decide", fmt.Sprintf(`{"accept":%v,"reason":"依据材料"%s}`, accept, more))
	}
	for who, code := range map[string]string{"service": "case.decider", "culture": "not_found", "planner": access.NoRole, "steward": "case.decider"} {
		if a := decide(who, true, ""); a.code() != code {
			t.Errorf("%s decides: %d %s", who, a.status, a.body)
		}
	}
	if a := w.call(t, "service", http.MethodPost, path+"/appeal", `{"reason":"过早"}`); a.code() != "case.state" {
		t.Errorf("an appeal against nothing: %s", a.body)
	}
	if a := w.call(t, "land-1", http.MethodGet, path+"/archive", ""); a.code() != "case.state" {
		t.Errorf("an open case is archived: %s", a.body)
	}
	var c matter.Case
	decide("land-1", false, "").decode(t, http.StatusOK, &c)
	if c.State != matter.StateRefused || c.Decisions[0].ByRule || c.Decisions[0].Department != "land" || c.Decisions[0].Saved.Materials != 8 || c.Decisions[0].Saved.Steps != 3 {
		t.Errorf("%+v", c)
	}
	if a := w.call(t, "service", http.MethodPost, path+"/appeal", `{"reason":"本人 `+citizenA+` 不服"}`); a.code() != "text.personal" {
		t.Errorf("a reason names a person: %s", a.body)
	}
	if a := decide("land-1", true, ""); a.status == http.StatusOK {
		t.Errorf("decided twice: %s", a.body)
	}
	w.call(t, "service", http.MethodPost, path+"/appeal", `{"reason":"完税证明已补"}`).decode(t, http.StatusOK, &c)
	if a := decide("land-1", true, ""); c.State != matter.StateAppealed || a.code() != "case.decider" {
		t.Errorf("%s: who refused decides on the appeal: %s", c.State, a.body)
	}
	decide("land-2", true, `,"brought":["tax_receipt"]`).decode(t, http.StatusOK, &c)
	if c.State != matter.StateApproved || len(c.Decisions) != 2 || c.Decisions[1].Saved.Materials != 7 {
		t.Errorf("%+v", c.Decisions)
	}
	w.archive(t, path)
	w.counted(t, p)
}

// archive checks an archive package by its manifest alone.
func (w *provinceWorld) archive(t *testing.T, path string) {
	t.Helper()
	var a serve.ArchivePackage
	w.call(t, "service", http.MethodGet, path+"/archive", "").decode(t, http.StatusOK, &a)
	var keys serve.TrustKeys
	w.call(t, "", http.MethodGet, "/api/v1/trust/keys", "").decode(t, http.StatusOK, &keys)
	var signed serve.ArchiveManifest
	if err := trust.VerifySigned(a.Signature, "wuku-archive+jwt", []trust.TrustedIssuer{keys.Presentations}, &signed); err != nil || len(signed.Files) != 4 {
		t.Fatalf("%v: %+v", err, signed)
	}
	text := ""
	for i, f := range a.Files {
		sum := sha256.Sum256([]byte(f.Content))
		if signed.Files[i].Name != f.Name || signed.Files[i].SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the file of the manifest", f.Name)
		}
		if i > 0 { // the declaration has examples
			text += f.Content
		}
	}
	var evidence []matter.Evidence
	if err := json.Unmarshal([]byte(a.Files[3].Content), &evidence); err != nil || len(evidence) < 8 {
		t.Fatalf("%v: %d pieces of evidence", err, len(evidence))
	}
	proved := false
	for _, e := range evidence { // whoever has the value shows that it was the value
		if e.Material == "title" && e.Element == "right_kind" {
			proved = trust.Commit(e.Salt, "4") == e.Commitment && trust.Commit(e.Salt, "3") != e.Commitment
		}
	}
	if !proved || strings.Contains(text, "测试甲") || strings.Contains(text, "T-1") {
		t.Errorf("the evidence opens: %v; the archive holds values: %s", proved, text)
	}
	if a := w.call(t, "culture", http.MethodGet, path+"/archive", ""); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
	w.archiveZip(t, path, keys.Presentations)
}

// archiveZip takes the package for an archive's intake apart: every file is that of the signed manifest and of the METS document, and the
// encapsulation holds the case byte by byte.
func (w *provinceWorld) archiveZip(t *testing.T, path string, key trust.TrustedIssuer) {
	t.Helper()
	a := w.call(t, "service", http.MethodGet, path+"/archive.zip", "")
	z, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		t.Fatalf("%d %v", a.status, err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	var signed serve.ArchiveManifest
	if err := trust.VerifySigned(files["manifest.jws"], "wuku-archive+jwt", []trust.TrustedIssuer{key}, &signed); err != nil || len(signed.Files) != 6 {
		t.Fatalf("%v: %+v", err, signed)
	}
	for _, f := range signed.Files {
		if sum := sha256.Sum256([]byte(files[f.Name])); hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s is not the file of the manifest", f.Name)
		}
		if f.Name != "mets.xml" && !strings.Contains(files["mets.xml"], `CHECKSUM="`+f.SHA256+`"`) {
			t.Errorf("%s is not in mets.xml", f.Name)
		}
	}
	var eep struct {
		Version string `xml:"版本"`
		Signed  struct {
			Version string `xml:"eep版本,attr"`
			Content struct {
				File struct {
					ID   string `xml:"电子文件号"`
					Docs []struct {
						Name    string `xml:"题名"`
						Content string `xml:"文档数据>编码>编码数据"`
					} `xml:"文件数据>文档"`
				} `xml:"文件实体块>文件实体"`
				Acts []string `xml:"业务实体块>业务实体>业务行为"`
			} `xml:"封装内容"`
		} `xml:"被签名对象"`
	}
	if err := xml.Unmarshal([]byte(files["eep.xml"]), &eep); err != nil {
		t.Fatal(err)
	}
	content := eep.Signed.Content
	if eep.Version != "2009" || eep.Signed.Version != "2009" || content.File.ID != signed.Case || !slices.Equal(content.Acts, []string{"受理", "办结:不予", "申诉", "办结:准予"}) || len(content.File.Docs) != 4 {
		t.Errorf("%+v", eep)
	}
	for _, d := range content.File.Docs {
		if text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(d.Content)); err != nil || string(text) != files[d.Name] {
			t.Errorf("%s is another file in the encapsulation: %v", d.Name, err)
		}
	}
	if dir := os.Getenv("WUKU_ARCHIVE_DIR"); dir != "" { // for outside witnesses, see docs/matters.md
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// counted holds the savings, the lists, and what of a case auditors and others see.
func (w *provinceWorld) counted(t *testing.T, p *matter.Plan) {
	t.Helper()
	var s serve.SavingsAnswer
	w.call(t, "steward", http.MethodGet, "/api/v1/savings", "").decode(t, http.StatusOK, &s)
	i := slices.IndexFunc(s.Rows, func(r serve.SavingRow) bool { return r.Matter == p.Name && r.City == "320100" })
	if i < 0 || s.Rows[i].Materials < 7 || s.Rows[i].Steps < 1 || s.Rows[i].Decided < 1 || !slices.ContainsFunc(s.Unmet, func(u serve.UnmetRow) bool { return u.Material == "tax_receipt" && u.Why != "" && u.Cases > 0 }) {
		t.Errorf("%+v", s)
	}
	w.call(t, "culture", http.MethodGet, "/api/v1/savings", "").decode(t, http.StatusOK, &s)
	if len(s.Rows) != 0 {
		t.Errorf("a department sees what others saved: %+v", s.Rows)
	}
	for _, who := range []string{"service", "planner", ""} {
		if a := w.call(t, who, http.MethodGet, "/api/v1/savings", ""); a.status < 400 {
			t.Errorf("%q sees savings", who)
		}
	}
	var page serve.CasePage
	for who, some := range map[string]bool{"service": true, "land-1": true, "auditor": true, "culture": false} {
		w.call(t, who, http.MethodGet, "/api/v1/cases?state=approved", "").decode(t, http.StatusOK, &page)
		if got := slices.ContainsFunc(page.Cases, func(c matter.Case) bool { return c.Matter == p.Name }); got != some {
			t.Errorf("%s lists the case: %v", who, got)
		}
	}
	w.call(t, "auditor", http.MethodGet, "/api/v1/cases", "").decode(t, http.StatusOK, &page)
	var c matter.Case
	w.call(t, "auditor", http.MethodGet, "/api/v1/cases/"+page.Cases[0].ID, "").decode(t, http.StatusOK, &c)
	if len(c.Outcomes) != 0 {
		t.Errorf("an auditor sees what materials came to: %+v", c.Outcomes)
	}
}

// TestCaseChecksAgain opens a case that misses something, lets the source mend it, and has the rule decide at the second reading.
func TestCaseChecksAgain(t *testing.T) {
	w := newProvinceWorld(t)
	p, err := matter.Compile(w.c, "exam_registration")
	if err != nil {
		t.Fatal(err)
	}
	x := lastProved(p)
	who := w.prove(t, p, func(y *matter.Planned, _ matter.Record) bool { return y.Name != x.Name })
	var first, second serve.CaseAnswer
	w.open(t, p.Name, who, "").decode(t, http.StatusCreated, &first)
	if first.Case.State != matter.StateOpen {
		t.Fatalf("%+v", first.Case)
	}
	all := matter.Record{Values: map[string]matter.Value{}}
	number := who.by["applicant"].Value
	for i := range p.Materials {
		if y := &p.Materials[i]; len(y.Elements) > 0 {
			for name, v := range p.Proving(i, matter.Where{Division: "320102", Now: time.Now()}).Values {
				if name == "citizen_number" {
					v.Text = &number
				}
				all.Values[name] = v
			}
		}
	}
	w.put(t, "person", who.entities["applicant"], all)
	w.call(t, "service", http.MethodPost, "/api/v1/cases/"+first.Case.ID+"/check", `{"bundle":true,"audience":"school"}`).decode(t, http.StatusOK, &second)
	if second.Case.State != matter.StateApproved || !second.Case.Decisions[0].ByRule {
		t.Fatalf("%+v, open %v", second.Case, second.Open)
	}
	w.bundled(t, p, second)
}

// bundled checks the signed bundle, with one part left out, and that a changed case is not taken.
func (w *provinceWorld) bundled(t *testing.T, p *matter.Plan, a serve.CaseAnswer) {
	t.Helper()
	parts := strings.Split(a.Bundle, "~")
	check := func(text, audience string) (c serve.CheckAnswer) {
		body, _ := json.Marshal(map[string]string{"presentation": text, "audience": audience})
		w.call(t, "service", http.MethodPost, "/api/v1/presentations/check", string(body)).decode(t, http.StatusOK, &c)
		return c
	}
	whole := check(a.Bundle, "school")
	if !whole.Valid || whole.Purpose != p.Purpose || whole.Shown["id_card"] != "true" || whole.Shown["degree.degree"] != "4" {
		t.Errorf("%+v", whole)
	}
	less := check(strings.Join(append(parts[:1:1], parts[2:]...), "~"), "school")
	if !less.Valid || len(less.Shown) != len(whole.Shown)-1 {
		t.Errorf("left one out: %+v", less)
	}
	if c := check(a.Bundle, "somebody else"); c.Valid {
		t.Errorf("%+v", c)
	}
	w.exec(t, "INSERT INTO matter.event (id, at, kind, case_no, matter, division, content, mac) VALUES ('forged', now64(6), 'case.decided', ?, 'exam_registration', '320102', ?, 'x')", a.Case.ID, `{"accept":false}`)
	w.exec(t, "INSERT INTO matter.event (id, at, kind, case_no, matter, division, content, mac) VALUES ('forged2', now64(6), 'case.appealed', ?, 'exam_registration', '320102', ?, 'x')", a.Case.ID, `{}`)
	var c matter.Case
	w.call(t, "service", http.MethodGet, "/api/v1/cases/"+a.Case.ID, "").decode(t, http.StatusOK, &c)
	if c.State != matter.StateApproved || len(c.Appeals) != 0 {
		t.Errorf("what was written past the program counts: %+v", c)
	}
}

// TestCaseRecognisesOtherProvinces proves a missing material by a presentation of another province's issuer, where the matter's scope is the
// nation, and refuses one that is another's, revoked or unknown.
func TestCaseRecognisesOtherProvinces(t *testing.T) {
	w := newProvinceWorld(t)
	p, err := matter.Compile(w.c, "driving_licence_renewal")
	if err != nil {
		t.Fatal(err)
	}
	who := w.prove(t, p, func(y *matter.Planned, _ matter.Record) bool { return y.Name != "licence" })
	other := "a key of another province, 32 bytes"
	issuer := trust.NewIssuer([]byte(other), "anhui", trust.International)
	shown := map[string]string{"type_code": "11100000000013338W011", "number": "D-9", "status": "01", "valid_to": "2090-01-01", "holder_code": who.by["applicant"].Value}
	present := func(elements map[string]string, now time.Time) string {
		text, err := issuer.Present(trust.Presented{Subject: "x", Aim: "licence"}, elements, time.Minute, now)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := json.Marshal(map[string]any{"licence": map[string]string{"presentation": text}})
		return `,"presentations":` + string(body)
	}
	var c serve.CaseAnswer
	w.open(t, p.Name, who, present(shown, time.Now())).decode(t, http.StatusCreated, &c)
	if o := outcomeOf(t, c, "licence"); o.State != matter.Recognised {
		t.Errorf("%+v", o)
	}
	good := issuer
	issuer = trust.NewIssuer([]byte("a key of a third province, 32 bytes"), "zhejiang", trust.International)
	if a := w.open(t, p.Name, who, present(shown, time.Now())); a.code() != "case.presentation" || !strings.Contains(a.body, `"recognition"`) {
		t.Errorf("an issuer that is only shown: %d %s", a.status, a.body)
	}
	issuer = good
	for name, more := range map[string]string{"expired": present(shown, time.Now().Add(-time.Hour)), "without the number": present(map[string]string{"type_code": shown["type_code"], "number": "D-9", "status": "01", "valid_to": shown["valid_to"]}, time.Now()),
		"of another kind": present(map[string]string{"type_code": "x", "number": "D-9", "status": "01", "valid_to": "2090-01-01", "holder_code": who.by["applicant"].Value}, time.Now())} {
		if a := w.open(t, p.Name, who, more); a.code() != "case.presentation" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestCaseOnce opens one case for one idempotency key, and refuses the key for other numbers.
func TestCaseOnce(t *testing.T) {
	w := newProvinceWorld(t)
	p, err := matter.Compile(w.c, "veteran_card")
	if err != nil {
		t.Fatal(err)
	}
	body := func(who people) string {
		parties, _ := json.Marshal(who.by)
		return fmt.Sprintf(`{"matter":%q,"division":"320102","parties":%s}`, p.Name, parties)
	}
	one, other := body(w.prove(t, p, always)), body(w.prove(t, p, always))
	var first, again serve.CaseAnswer
	w.call(t, "service", http.MethodPost, "/api/v1/cases", one, "Idempotency-Key", "k").decode(t, http.StatusCreated, &first)
	w.call(t, "service", http.MethodPost, "/api/v1/cases", one, "Idempotency-Key", "k").decode(t, http.StatusCreated, &again)
	if first.Case.ID != again.Case.ID || len(again.Proofs) != len(first.Proofs) {
		t.Errorf("%s and %s", first.Case.ID, again.Case.ID)
	}
	bundled := strings.TrimSuffix(body(w.prove(t, p, always)), "}") + `,"bundle":true}`
	for range 2 { // a repeated call gets a bundle as the first did
		w.call(t, "service", http.MethodPost, "/api/v1/cases", bundled, "Idempotency-Key", "k2").decode(t, http.StatusCreated, &again)
		if again.Bundle == "" {
			t.Error("no bundle")
		}
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/cases", other, "Idempotency-Key", "k"); a.code() != access.SameKey {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestCaseInput refuses what is no case: an unknown matter, missing and strange parties, an identity number as a case number.
func TestCaseInput(t *testing.T) {
	w := newProvinceWorld(t)
	one := `{"scheme":"citizen","value":"` + citizenA + `"}`
	for body, code := range map[string]string{
		`{"matter":"nothing","division":"320102","parties":{"applicant":` + one + `}}`:                                         "not_found",
		`{"matter":"exam_registration","division":"320102","parties":{"somebody":` + one + `}}`:                                "case.parties",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":` + one + `,"b":` + one + `}}`:               "case.parties",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":{"entity":"x"}}}`:                            "case.parties",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":{"scheme":"citizen","value":"12"}}}`:         "identifier.invalid",
		`{"matter":"exam_registration","division":"32","parties":{"applicant":` + one + `}}`:                                   "request.invalid",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":` + one + `},"number":"` + citizenA + `"}`:   "case.personal",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":` + one + `},"number":"N-` + citizenA + `"}`: "case.personal",
		`{"matter":"exam_registration","division":"320102","parties":{"applicant":` + one + `},"brought":["nothing"]}`:         "request.invalid",
	} {
		if a := w.call(t, "service", http.MethodPost, "/api/v1/cases", body); a.code() != code || strings.Contains(a.body, citizenA) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	for _, role := range []string{"planner", "auditor", "operator", "steward"} {
		if a := w.call(t, role, http.MethodPost, "/api/v1/cases", `{"matter":"exam_registration","division":"320102","parties":{"applicant":`+one+`}}`); a.code() != access.NoRole {
			t.Errorf("%s opens a case: %s", role, a.body)
		}
	}
	var page serve.MatterPage
	w.call(t, "planner", http.MethodGet, "/api/v1/matters", "").decode(t, http.StatusOK, &page)
	var m serve.MatterAnswer
	w.call(t, "service", http.MethodGet, "/api/v1/matters/exam_registration", "").decode(t, http.StatusOK, &m)
	var z matter.Zero
	w.call(t, "department", http.MethodGet, "/api/v1/matters/exam_registration/report", "").decode(t, http.StatusOK, &z)
	if len(page.Matters) != 14 || len(m.Plan.Queries) != 2 || z.Materials != 4 {
		t.Errorf("%d matters, %+v, %+v", len(page.Matters), m, z)
	}
}
