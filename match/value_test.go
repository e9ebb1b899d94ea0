package match

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field     Field
		raw       string
		text, alt string
	}{
		"characters without blanks":       {Field{Kind: Name}, " 王 秀 英 ", "王秀英", "wangxiuying"},
		"traditional and full width":      {Field{Kind: Name}, "張　偉", "张伟", "zhangwei"},
		"variant character":               {Field{Kind: Name}, "李喆", "李哲", "lizhe"},
		"surname with a reading":          {Field{Kind: Name}, "单雄信", "单雄信", "shanxiongxin"},
		"surname of two characters":       {Field{Kind: Name}, "尉迟恭", "尉迟恭", "yuchigong"},
		"the character is usual inside":   {Field{Kind: Name}, "王单", "王单", "wangdan"},
		"half in letters":                 {Field{Kind: Name}, "王yan", "王yan", "wangyan"},
		"letters in words":                {Field{Kind: Name}, "O'Neil-Smith, José", "o neil smith jose", "oneilsmithjose"},
		"a character nobody could write":  {Field{Kind: Name}, "王□英", "王?英", "wangying"},
		"a number is no name":             {Field{Kind: Name}, "13912345678", "", ""},
		"date with strokes":               {Field{Kind: Date}, "1949/1/2", "19490102", ""},
		"date in characters":              {Field{Kind: Date}, "1949年12月31日", "19491231", ""},
		"date with day first":             {Field{Kind: Date}, "31.12.1949", "19491231", ""},
		"date in full width":              {Field{Kind: Date}, "１９４９-１２-３１", "19491231", ""},
		"date and time":                   {Field{Kind: Date}, "1949-12-31 08:15:00", "19491231", ""},
		"no date":                         {Field{Kind: Date}, "unknown", "", ""},
		"old number widened":              {Field{Kind: Identifier, Scheme: "citizen"}, "110105491231002", "11010519491231002X", "v"},
		"number that fails its check":     {Field{Kind: Identifier, Scheme: "citizen"}, "110105194912310021", "110105194912310021", ""},
		"filler number":                   {Field{Kind: Identifier, Scheme: "citizen"}, "111111111111111111", "", ""},
		"telephone with country":          {Field{Kind: Phone}, "+86 139-1234-5678", "13912345678", ""},
		"filler telephone":                {Field{Kind: Phone}, "13800138000", "", ""},
		"address in full":                 {Field{Kind: Address}, "江苏省南京市玄武区中山路12号3幢2单元501室", "中山路#12-3-2-501", "12-3-2-501"},
		"address in short":                {Field{Kind: Address}, "中山路12-3-2-501", "中山路#12-3-2-501", "12-3-2-501"},
		"address in traditional":          {Field{Kind: Address}, "南京市玄武區中山路１２號３棟２單元５０１室", "中山路#12-3-2-501", "12-3-2-501"},
		"street named after a city":       {Field{Kind: Address}, "南京路5号", "南京路#5", "5"},
		"organisation's core":             {Field{Kind: Organisation}, "江苏恒瑞源（集团）有限责任公司", "江苏恒瑞源集团有限责任公司", "恒瑞源"},
		"organisation with another form":  {Field{Kind: Organisation}, "南京恒瑞源有限公司", "南京恒瑞源有限公司", "恒瑞源"},
		"organisation in letters":         {Field{Kind: Organisation}, "Acme Tools, Inc.", "acmetoolsinc", "acmetools"},
		"text in small letters":           {Field{Kind: Text}, " St. Mary's  Rd", "st marys rd", ""},
		"code without blanks":             {Field{Kind: Code}, " 320 102 ", "320102", ""},
		"blank is nothing":                {Field{Kind: Code}, "　", "", ""},
		"one-digit door after characters": {Field{Kind: Address}, "幸福里三单元2室", "幸福里#3-2", "3-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, alt := newParser().parse(&c.field, c.raw)
			if string(text) != c.text || string(alt) != c.alt {
				t.Errorf("got %q %q, want %q %q", text, alt, c.text, c.alt)
			}
		})
	}
}

// TestCompareIsSymmetric draws pairs of every kind from characters that collide.
func TestCompareIsSymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := Kind(rapid.SampledFrom(Kinds()).Draw(t, "kind"))
		text := rapid.StringOfN(rapid.SampledFrom([]rune("王李秀英ab129 -#号路")), 0, 12, -1)
		f := Field{Kind: kind}
		c := newColumn(f)
		p := newParser()
		a, b := c.id(p, text.Draw(t, "a")), c.id(p, text.Draw(t, "b"))
		if a == 0 || b == 0 || a == b {
			return
		}
		x, y := compare(kind, &c.values[a], &c.values[b]), compare(kind, &c.values[b], &c.values[a])
		if x != y || int(x) >= len(levels[kind]) {
			t.Fatalf("%s: %q and %q agree at level %d, the other way round at %d of %d", kind, c.values[a].text(), c.values[b].text(), x, y, len(levels[kind]))
		}
	})
}

func TestJaroWinkler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{{"martha", "marhta", .9611}, {"dwayne", "duane", .84}, {"dixon", "dicksonx", .8133}, {"abc", "xyz", 0}, {"", "a", 0}} {
		var a, b runes
		if got := jaroWinkler(a.set(c.a), b.set(c.b)); got < c.want-5e-5 || got > c.want+5e-5 {
			t.Errorf("%s, %s: %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

// TestOneEdit compares with the distance worked out in full.
func TestOneEdit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune("ab王")), 0, 6, -1)
		a, b := []rune(word.Draw(t, "a")), []rune(word.Draw(t, "b"))
		if got, want := oneEdit(a, b), distance(a, b) <= 1; got != want {
			t.Fatalf("%q %q: %v, distance %d", string(a), string(b), got, distance(a, b))
		}
	})
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
