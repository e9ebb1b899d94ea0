package ingest

import (
	"encoding/json"
	"encoding/json/jsontext"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// agree decodes a text by the scanner and by jsontext, which is the judge of what is JSON, and compares what they say.
func agree(t interface{ Fatalf(string, ...any) }, text []byte) {
	d := newDecoder(&plan{seed: testSeed}, 10_000)
	d.reset()
	fault := d.document(text, newNode(""))
	value := jsontext.Value(text)
	_, err := jsontext.AppendFormat(nil, value)
	switch {
	case fault == nil && err != nil:
		t.Fatalf("taken, but jsontext says %v:\n%q", err, text)
	case fault == nil && value.Kind() != '{', fault == faultShape && (err != nil || value.Kind() == '{'):
		t.Fatalf("%v, jsontext %v, kind %v:\n%q", fault, err, value.Kind(), text)
	case fault != nil && fault != faultShape && fault != faultDepth && err == nil:
		t.Fatalf("refused as %s, but jsontext takes it:\n%q", fault.Code, text)
	case fault == faultDuplicateName && !errors.Is(err, jsontext.ErrDuplicateName):
		t.Fatalf("no duplicate name, says jsontext: %v\n%q", err, text)
	case errors.Is(err, jsontext.ErrDuplicateName) && fault != faultDuplicateName:
		t.Fatalf("%v, jsontext finds a duplicate name:\n%q", fault, text)
	}
}

// FuzzDecode holds the scanner against jsontext on anything.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{personRecord, `{"a":[1,-0.5e+10,true,null,"\ud83d\ude00\u0000\/"]}`, `{"a":1,"a":2}`, `{"":{"":""}}`, `{"a":"\ud800"}`,
		`[{}]`, "{\"a\":\"\xff\"}", `{"a":01}`, "\t{ }\r\n", `{"a":1}x`, `{"0123456789abcdef":"0123456\"89ab\\ef"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

// TestDecodeAgrees mutates valid texts by a byte or two: most faults of real producers are of that kind.
func TestDecodeAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.SampledFrom([]string{personRecord, `{"a":[1,-0.5e+10,true,false,null,"\ud83d\ude00\u00e9\/\b"],"b":{"c":{},"d":[]}}`,
			` {"k":"` + strings.Repeat("长", 9) + `","l":"` + strings.Repeat("x", 9) + `"} `}).Draw(t, "text"))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			b := rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(`{}[]",:\u0123eE+-. tfn`+"\n"))).Draw(t, "byte")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				text[at] = b
			case 1:
				text = append(text[:at], text[at+1:]...)
			case 2:
				text = append(text[:at], append([]byte{b}, text[at:]...)...)
			}
		}
		agree(t, text)
	})
}

// TestDecodeTexts compares every text with encoding/json's reading of it, in all lengths around the eight bytes that the scanner
// looks at together.
func TestDecodeTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOfN(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("\"\\\n\u001f 长€😀ab"))), 0, 40, -1).Draw(t, "text")
		text, err := json.Marshal(map[string]string{"k": want, want + "!": ""})
		if err != nil {
			t.Fatal(err)
		}
		p := &plan{seed: testSeed, width: 1}
		root := newNode("")
		root.child("k").at = 0
		root.finish(testSeed)
		d := newDecoder(p, 64)
		if f := d.document(text, root); f != nil {
			t.Fatalf("%s: %v", text, f)
		}
		var read map[string]string
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if got := string(d.vals[0].text); got != read["k"] {
			t.Fatalf("%q, want %q", got, read["k"])
		}
	})
}

// TestManyNames puts more names into objects than the table of names begins with.
func TestManyNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"first":1`)
	for i := range 3000 {
		b.WriteString(`,"n` + strings.Repeat("x", i%7) + string(rune('A'+i%26)) + strings.Repeat("y", i/182) + `":{"first":1}`)
	}
	d := newDecoder(&plan{seed: testSeed}, 64)
	for _, test := range []struct {
		tail string
		want any
	}{{`}`, nil}, {`,"first":2}`, faultDuplicateName}} {
		d.reset()
		got := d.document([]byte(b.String()+test.tail), newNode(""))
		if (got == nil) != (test.want == nil) || got != nil && got != test.want {
			t.Errorf("with %s: %v, want %v", test.tail, got, test.want)
		}
	}
}
