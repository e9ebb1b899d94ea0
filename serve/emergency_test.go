package serve_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wuku/serve"
)

// TestEmergencyFeedByAPI guesses a feed from a sample, which keeps nothing; then proposes it; and refuses what is no sample, nobody's or
// another's, and a first line that is somebody's record.
func TestEmergencyFeedByAPI(t *testing.T) {
	t.Parallel()
	var k *shelf
	w := newWorld(t, func(cfg *serve.Config) { k = cfg.Catalogues.(*shelf) })
	ask := func(role, query, body string) answer {
		return w.call(t, role, http.MethodPost, "/api/v1/catalog/emergencies?library=person&"+query, body, "Content-Type", "application/octet-stream")
	}
	sample := "登记号,身份证号,姓名,备注\n1," + citizenA + ",甲,x y\n2," + citizenB + ",乙,z\n"
	var guess serve.EmergencyAnswer
	a := ask("department", "", sample)
	a.decode(t, http.StatusOK, &guess)
	element := func(column string) string {
		for _, m := range guess.Mapped {
			if m.Column == column && m.Why != "" {
				return m.Element
			}
		}
		return ""
	}
	if element("身份证号") != "citizen_number" || element("姓名") != "name" || guess.Records != 2 || guess.Proposal != "" || guess.Topic == "" || !strings.Contains(guess.Text, "rank: last") {
		t.Errorf("%s", a.body)
	}
	if !slices.ContainsFunc(guess.Unknown, func(s string) bool { return strings.Contains(s, "备注") }) {
		t.Errorf("what was not found: %v", guess.Unknown)
	}
	if strings.Contains(a.body, citizenA) || len(k.kept) != 0 {
		t.Errorf("a guess shows somebody's number, or was kept: %d, %s", len(k.kept), a.body)
	}
	a = ask("department", "name=police.flood&zh="+url.QueryEscape("汛情转移人员")+"&reason="+url.QueryEscape("汛情应急"), sample)
	a.decode(t, http.StatusOK, &guess)
	if kept := k.kept[guess.Proposal]; kept == nil || kept.Feed("police.flood") == nil || kept.Feed("police.flood").Expires != guess.Expires {
		t.Errorf("not proposed: %s", a.body)
	}
	for name, x := range map[string]struct{ role, query, body, code string }{
		"no identifier": {"department", "", "登记号,姓名\n1,甲\n", "catalog.invalid"}, "no record": {"department", "", "登记号,姓名\n", "catalog.invalid"},
		"another's": {"department", "department=market", sample, "state.others"}, "nobody's": {"steward", "department=nobody", sample, "catalog.invalid"},
		"there already": {"department", "name=police.person", sample, "catalog.invalid"}, "no text": {"department", "", "\xff\xff\xff", "file.invalid"},
		"no heads": {"department", "", citizenA + ",甲\n" + citizenB + ",乙\n", "text.personal"}, "over": {"department", "expires=yesterday", sample, "catalog.invalid"},
		"not theirs to propose": {"service", "", sample, "role.denied"},
	} {
		if a := ask(x.role, x.query, x.body); a.code() != x.code || strings.Contains(a.body, citizenA) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}
