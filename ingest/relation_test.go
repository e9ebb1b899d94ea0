package ingest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
)

// foundIn reads element, rule and detail of the findings of a dump.
var foundIn = regexp.MustCompile(`element=(\S+) rule=(\S+) detail="([^"]*)"`)

// TestRelations maps single messages of the shipped catalogue's feeds: what is found, and which values stay.
func TestRelations(t *testing.T) {
	t.Parallel()
	cat, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		feed, fields string
		want         []string // element and rule
		says         string   // in a detail
		stays, gone  string   // in the claim
	}{
		"agrees": {feed: "disabled.person", fields: `"sfzh":"11010519491231002X","csrq":"19491231"`, stays: "birth_date=1949-12-31"},
		"another birth date": {feed: "disabled.person", fields: `"sfzh":"11010519491231002X","csrq":"19491213"`, want: []string{"birth_date relation.born"},
			says: "day and month", stays: "birth_date=1949-12-13"},
		"full-width date agrees": {feed: "disabled.person", fields: `"sfzh":"11010519491231002X","csrq":"１９４９１２３１"`, stays: "birth_date=1949-12-31"},
		"another sex":            {feed: "union.member", fields: `"身份证号":"11010519491231002X","性别":"男"`, want: []string{"sex relation.sex"}, stays: "sex=1"},
		"sex not stated":         {feed: "union.member", fields: `"身份证号":"11010519491231002X","性别":"未说明"`, stays: "sex=9"},
		"sex by name":            {feed: "union.member", fields: `"身份证号":"11010519491231002X","性别":"女性"`, want: []string{"sex value.code_name"}, gone: "sex="},
		"born in the future":     {feed: "disabled.person", fields: `"sfzh":"11010520491231002X"`, want: []string{"citizen_number citizen.check"}},
		"20 for the century": {feed: "disabled.person", fields: `"sfzh":"` + checked("11010520491231002") + `"`, want: []string{"citizen_number citizen.century"},
			says: "19 belongs", gone: "citizen_number="},
		"padded with zeros":  {feed: "disabled.person", fields: `"sfzh":"110105491231002000"`, want: []string{"citizen_number citizen.widened"}, says: "insert 19"},
		"15 digits":          {feed: "disabled.person", fields: `"sfzh":"110105491231002"`, stays: "citizen_number=11010519491231002X"},
		"a county of before": {feed: "disabled.person", fields: `"sfzh":"` + checked("32212119910101001") + `"`, want: []string{"citizen_number relation.county"}, stays: "citizen_number=322121"},
		"a county of then":   {feed: "disabled.person", fields: `"sfzh":"` + checked("32058619970101001") + `"`, stays: "citizen_number=320586"},
		"an end before the beginning": {feed: "education.teacher", fields: `"rq":"2020-05-01","qsrq":"2020-05-01","yxq":"2020-04-30","xm":"王"`, want: []string{"valid_to relation.order"},
			says: "valid_to lies before", stays: "valid_to=2020-04-30"},
		"ends as it begins":          {feed: "education.teacher", fields: `"rq":"2020-05-01","yxq":"2020-05-01","xm":"王"`, stays: "valid_to=2020-05-01"},
		"a division that was split":  {feed: "education.teacher", fields: `"rq":"2012-05-01","fzqh":"320586","xm":"王"`, want: []string{"issued_division relation.division_year"}, says: "320506, 320507", stays: "issued_division=320586"},
		"a division not yet there":   {feed: "education.teacher", fields: `"rq":"1998-05-01","fzqh":"320506","xm":"王"`, want: []string{"issued_division relation.division_year"}, says: "in use since 2000"},
		"a retired division in time": {feed: "education.teacher", fields: `"rq":"1998-05-01","fzqh":"320586","xm":"王"`, stays: "issued_division=320586"},
		"in the year of its change":  {feed: "education.teacher", fields: `"rq":"2000-02-01","fzqh":"320586","xm":"王"`, stays: "issued_division=320586"},
		"a placeholder":              {feed: "education.teacher", fields: `"rq":"9999-09-09","xm":"王"`, want: []string{"issued value.sentinel"}, says: "nulls", gone: "issued="},
		"code and name swapped": {feed: "health.doctor", fields: `"issuer":{"name":"91350100M000100Y43","code":"福州市卫生健康委员会"}`, want: []string{"issuer_code relation.swapped"},
			says: "each other's place", gone: "issuer_name="},
		"a code in both places": {feed: "health.doctor", fields: `"issuer":{"name":"91350100M000100Y43","code":"91350100M000100Y43"}`, stays: "issuer_code=91350100M000100Y43"},
		"a name in both places": {feed: "health.doctor", fields: `"issuer":{"name":"福州市卫生健康委员会","code":"福州市卫生健康委员会"}`, want: []string{"issuer_code uscc.length"}, stays: "issuer_name=福州"},
		"check value 31":        {feed: "ip.holding", fields: `"owner":{"uscc":"9132068170000041531","name":"甲"}`, want: []string{"uscc uscc.known_wrong"}, says: "by 0"},
		"check value 31 as 0":   {feed: "ip.holding", fields: `"owner":{"uscc":"913206817000004150","name":"甲"}`, stays: "uscc=913206817000004150"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := cat.Feed(c.feed)
			m, err := NewMapper(cat, f, entity.NewAnchorer([]byte("a key of at least 32 random bytes")), MapperOptions{})
			if err != nil {
				t.Fatal(err)
			}
			stamp := map[string]string{"gxrq": "20200101000000", "gxsj": "2020-01-01 00:00:00", "登记时间": "2020-01-01 00:00:00", "updatedAt": "2020-01-01T00:00:00Z", "updated": "2020-01-01T00:00:00Z"}
			at := f.Version.Field
			if f.EventTime != nil {
				at = f.EventTime.Field
			}
			m.Map(&Message{Topic: f.Topic, TimeMS: ms(t, "2026-03-05T00:00:00Z"), Value: []byte(`{"` + f.Key[0] + `":"1","` + at + `":"` + stamp[at] + `",` + c.fields + `}`)})
			text := dump(m.Take(f.Topic, 0, 0, 1))
			var got []string
			for _, found := range foundIn.FindAllStringSubmatch(text, -1) {
				got = append(got, found[1]+" "+found[2])
				if !strings.Contains(found[3], c.says) {
					t.Errorf("the finding says %q, want %q in it", found[3], c.says)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("found (-want +got):\n%s\n%s", diff, text)
			}
			if !strings.Contains(text, " "+c.stays) || c.gone != "" && strings.Contains(text, " "+c.gone) {
				t.Errorf("want %q to stay and %q to be gone:\n%s", c.stays, c.gone, text)
			}
		})
	}
}

// checked adds the check character.
func checked(first17 string) string {
	return first17 + string(rune(entity.CitizenCheck([]byte(first17))))
}
