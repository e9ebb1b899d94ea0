package entity_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
)

// normaliseTests are values that pass. Published: the examples of the standards and samples that public bodies printed; the
// others are made of them.
var normaliseTests = []struct{ name, scheme, raw, want string }{
	{"GB 11643 example, female", "citizen", "11010519491231002X", "11010519491231002X"},
	{"GB 11643 example, over a hundred", "citizen", "440524188001010014", "440524188001010014"},
	{"lower-case x", "citizen", "11010519491231002x", "11010519491231002X"},
	{"white space and marks around", "citizen", "\ufeff\u202a \t\u300011010519491231002X\u00a0\r\n\u202c", "11010519491231002X"},
	{"full width", "citizen", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"},
	{"15 digits widened", "citizen", "110105491231002", "11010519491231002X"},
	{"15 digits, century leap day of another year", "citizen", "110105480229001", "110105194802290013"},
	{"residence permit holder", "citizen", "810000199408230021", "810000199408230021"},
	{"15 digits kept", "citizen15", " 110105491231002 ", "110105491231002"},
	{"GB 32100 example", "uscc", "91350100M000100Y43", "91350100M000100Y43"},
	{"ministry", "uscc", "11100000000013338w", "11100000000013338W"},
	{"county bureau", "uscc", "11430000006122244L", "11430000006122244L"},
	{"orgcode with hyphen", "orgcode", "M000100Y-4", "M000100Y4"},
	{"orgcode with full-width hyphen", "orgcode", "Ｍ０００１００Ｙ－４", "M000100Y4"},
	{"orgcode with a dash", "orgcode", "m000100y–4", "M000100Y4"},
	{"orgcode plain", "orgcode", "000013338", "000013338"},
	{"GS 15 sample", "regno", "110108000000016", "110108000000016"},
	{"tax id of division and orgcode", "taxid", "350100M000100Y4", "350100M000100Y4"},
	{"tax id is the USCC", "taxid", "91350100M000100Y43", "91350100M000100Y43"},
	{"tax id of a person", "taxid", "11010519491231002X", "11010519491231002X"},
	{"tax id of a person's second business", "taxid", "11010519491231002x01", "11010519491231002X01"},
	{"Chinese passport", "passport", "ea1234568", "EA1234568"},
	{"foreign passport", "passport", " l898902c ", "L898902C"},
	{"Hong Kong permit", "permit", "h08675309", "H08675309"},
	{"Hong Kong permit with renewals", "permit", "H0867530902", "H08675309"},
	{"Macao permit", "permit", "M08675309", "M08675309"},
	{"Taiwan permit", "permit", "08675309", "08675309"},
	{"Taiwan booklet", "permit", "0867530902", "08675309"},
	{"Taiwan booklet with letter", "permit", "0867530902（Ｂ）", "08675309"},
	{"mainland to Hong Kong", "permit", "C08675309", "C08675309"},
	{"mainland to Hong Kong, newer", "permit", "CB8675309", "CB8675309"},
	{"mainland to Taiwan", "permit", "T08675309", "T08675309"},
	{"residence permit", "permit", "810000199408230021", "810000199408230021"},
	{"residence permit for Taiwan", "permit", "830000199408230025", "830000199408230025"},
	{"permanent residence card, 2023", "permit", "93215619850301007x", "93215619850301007X"},
	{"permanent residence card, old", "permit", "can110080010101", "CAN110080010101"},
	{"certificate of GB/T 36904", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
		"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"},
	{"its second version", "certificate", "1.2.156.3005.2.11100000000013338w011.11430000006122244l.20230000403.002.s",
		"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S"},
	{"certificate issued under a division code", "certificate", "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9"},
	{"parcel", "parcel", "320102 001001 gb00001", "320102001001GB00001"},
	{"unit in a building", "realproperty", "320102 001001 GB00001 F00010001", "320102001001GB00001F00010001"},
	{"land alone", "realproperty", "320102001001GB00001W00000000", "320102001001GB00001W00000000"},
	{"generic", "plate", " 苏 ａ·12 3x　", "苏A·123X"},
	{"generic, joined", "pair", "a|b", "A|B"},
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, tt := range normaliseTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, fault := entity.Normalise(tt.scheme, []byte("before"), []byte(tt.raw))
			if fault != nil {
				t.Fatalf("fault %s: %v", fault.Code, fault)
			}
			if diff := cmp.Diff("before"+tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// faultTests are values that fail, at least one for each code of Normalise.
var faultTests = []struct{ code, scheme, raw string }{
	{"citizen.length", "citizen", ""},
	{"citizen.length", "citizen", "1101051949123100"},
	{"citizen.length", "citizen", strings.Repeat("1", 4000)},
	{"citizen.character", "citizen", "1101051949123100ZX"},
	{"citizen.character", "citizen", "110105 9491231002X"},
	{"citizen.character", "citizen", "11010549123100X"},
	{"citizen.character", "citizen", "11010519491231002×"},
	{"citizen.character", "citizen", "11010519491231002Х"}, // Cyrillic
	{"citizen.masked", "citizen", "110105××××××××002X"},
	{"citizen.masked", "citizen", "110105********002X"},
	{"citizen.masked", "citizen", "110105＊＊＊＊＊＊＊＊002X"},
	{"citizen.masked", "citizen", "110105xxxxxxxx0021"},
	{"citizen.masked", "citizen", "1101****2X"},
	{"citizen.masked", "citizen", "110105●●●●●●●●002X"},
	{"citizen.reserved", "citizen", "111111111111111111"},
	{"citizen.reserved", "citizen", "11111111111111111X"},
	{"citizen.reserved", "citizen", "111111111111111"},
	{"citizen.reserved", "citizen", "123456789012345678"},
	{"citizen.reserved", "citizen", "110101190001010011"},
	{"citizen.reserved", "citizen", "110101000101001"},
	{"citizen.division", "citizen", "010105194912310026"},
	{"citizen.division", "citizen", "380105194912310026"},
	{"citizen.division", "citizen", "990105194912310026"},
	{"citizen.birth", "citizen", "110105194913310026"},
	{"citizen.birth", "citizen", "110105194900310026"},
	{"citizen.birth", "citizen", "110105190002290026"},
	{"citizen.birth", "citizen", "110105194904310026"},
	{"citizen.birth", "citizen", "110105194904000026"},
	{"citizen.birth", "citizen", "110105184904010026"},
	{"citizen.birth", "citizen", "110105210004010026"},
	{"citizen.birth", "citizen", "110105490229001"},
	{"citizen.check", "citizen", "110105194912310021"},
	{"citizen.widened", "citizen", "110105491231002000"},
	{"citizen.widened", "citizen", "191101054912310021"},
	{"citizen.birth", "citizen", "110105491331002000"},
	{"citizen15.length", "citizen15", "11010519491231002X"},
	{"citizen15.character", "citizen15", "11010549123100X"},
	{"citizen15.masked", "citizen15", "110105******002"},
	{"citizen15.reserved", "citizen15", "000000000000000"},
	{"citizen15.reserved", "citizen15", "110101000101001"},
	{"citizen15.division", "citizen15", "990105491231002"},
	{"citizen15.birth", "citizen15", "110105490229001"},
	{"uscc.length", "uscc", "91350100M000100Y4"},
	{"uscc.character", "uscc", "91350100MO00100Y43"},
	{"uscc.character", "uscc", "9135010AM000100Y43"},
	{"uscc.masked", "uscc", "9135****M000100Y43"},
	{"uscc.reserved", "uscc", "000000000000000000"},
	{"uscc.reserved", "uscc", "913501000000000001"},
	{"uscc.check", "uscc", "91350100M000100Y44"},
	{"uscc.known_wrong", "uscc", "9132068170000041531"},
	{"uscc.known_wrong", "uscc", "91320681700000415undefined"},
	{"uscc.length", "uscc", "91350100M000100Y431"},
	{"uscc.department", "uscc", "94350100M000100Y4R"},
	{"uscc.orgcode", "uscc", "91350100M000100Y56"},
	{"orgcode.length", "orgcode", "M000100Y"},
	{"orgcode.character", "orgcode", "M000100YA"},
	{"orgcode.character", "orgcode", "M000.00Y4"},
	{"orgcode.masked", "orgcode", "M00***Y-4"},
	{"orgcode.reserved", "orgcode", "00000000-0"},
	{"orgcode.check", "orgcode", "M000100Y-5"},
	{"regno.length", "regno", "1101080000000"},
	{"regno.character", "regno", "11010800000001A"},
	{"regno.masked", "regno", "110108*****0016"},
	{"regno.reserved", "regno", "000000000000000"},
	{"regno.check", "regno", "110108000000017"},
	{"taxid.length", "taxid", "350100M000100Y"},
	{"taxid.character", "taxid", "35010AM000100Y4"},
	{"taxid.masked", "taxid", "350100M***100Y4"},
	{"taxid.reserved", "taxid", "000000000000000"},
	{"taxid.division", "taxid", "990100M000100Y4"},
	{"taxid.check", "taxid", "350100M000100Y5"},
	{"taxid.check", "taxid", "91350100M000100Y44"},
	{"taxid.check", "taxid", "11010519491231002101"},
	{"passport.form", "passport", "E123"},
	{"passport.form", "passport", "ZHANGSAN"},
	{"passport.form", "passport", "E 12345679"},
	{"passport.masked", "passport", "E12***678"},
	{"passport.masked", "passport", "E12XXX678"},
	{"passport.reserved", "passport", "E00000000"},
	{"passport.reserved", "passport", "E12345678"},
	{"permit.form", "permit", "11010519491231002X"},
	{"permit.form", "permit", "Q08675309"},
	{"permit.form", "permit", ""},
	{"permit.masked", "permit", "H086***09"},
	{"permit.reserved", "permit", "H00000000"},
	{"permit.birth", "permit", "810000199413230021"},
	{"permit.check", "permit", "810000199408230022"},
	{"certificate.root", "certificate", "1.2.156.3003.2.11100000000013338W011.11430000006122244L.20230000403.001.U"},
	{"certificate.root", "certificate", ""},
	{"certificate.form", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001"},
	{"certificate.form", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023.0000403.001.U"},
	{"certificate.form", "certificate", "1.2.156.3005.2.11100000000013338W011..20230000403.001.U"},
	{"certificate.form", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001."},
	{"certificate.form", "certificate", "1.2.156.3005.2." + strings.Repeat("1", 300)},
	{"certificate.character", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023_000403.001.U"},
	{"certificate.masked", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023****403.001.U"},
	{"certificate.type", "certificate", "1.2.156.3005.2.062301.11430000006122244L.20230000403.001.U"},
	{"certificate.version", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.1.U"},
	{"certificate.check", "certificate", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V"},
	{"certificate.known_wrong", "certificate",
		"1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M"},
	{"parcel.length", "parcel", "320102001001GB0000"},
	{"parcel.character", "parcel", "32010200100AGB00001"},
	{"parcel.character", "parcel", "320102001001G·00001"},
	{"parcel.character", "parcel", "32010２００1001一B00001"},
	{"parcel.masked", "parcel", "320102***001GB00001"},
	{"parcel.division", "parcel", "990102001001GB00001"},
	{"parcel.type", "parcel", "320102001001QB00001"},
	{"parcel.type", "parcel", "320102001001GZ00001"},
	{"realproperty.length", "realproperty", "320102001001GB00001"},
	{"realproperty.character", "realproperty", "320102001001GB00001F0001000A"},
	{"realproperty.character", "realproperty", "320102001001国B00001F00010001"},
	{"realproperty.masked", "realproperty", "320102001001GB00001F****0001"},
	{"realproperty.division", "realproperty", "990102001001GB00001F00010001"},
	{"realproperty.type", "realproperty", "320102001001AB00001F00010001"},
	{"realproperty.fixture", "realproperty", "320102001001GB00001X00010001"},
	{"realproperty.number", "realproperty", "320102001001GB00001W00010001"},
	{"generic.length", "plate", " \u3000 "},
	{"generic.length", "plate", strings.Repeat("A", 129)},
	{"generic.length", "plate", strings.Repeat("A", 4000)},
	{"generic.character", "plate", "A\x00B"},
	{"generic.character", "plate", "A\xff\xfe"},
	{"generic.masked", "plate", "A**45"},
}

func TestNormaliseFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range faultTests {
		t.Run(tt.code+" "+tt.scheme, func(t *testing.T) {
			t.Parallel()
			got, fault := entity.Normalise(tt.scheme, []byte("before"), []byte(tt.raw))
			if string(got) != "before" {
				t.Errorf("dst became %q", got)
			}
			if fault == nil {
				t.Fatalf("%q passed", tt.raw)
			}
			if fault.Code != tt.code {
				t.Errorf("%q: %s (%v)", tt.raw, fault.Code, fault)
			}
			if again, _ := secondFault(tt.scheme, tt.raw); again != fault {
				t.Error("the fault is not shared between calls")
			}
		})
	}
}

func secondFault(scheme, raw string) (*entity.Fault, []byte) {
	out, fault := entity.Normalise(scheme, nil, []byte(raw))
	return fault, out
}

func TestIdentifierFaults(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{"citizen.division_year": true} // TestCitizenDivision
	for _, tt := range faultTests {
		tested[tt.code] = true
	}
	seen := map[string]bool{}
	for _, f := range entity.IdentifierFaults() {
		if seen[f.Code] {
			t.Errorf("%s is listed twice", f.Code)
		}
		seen[f.Code] = true
		if !tested[f.Code] {
			t.Errorf("%s has no test", f.Code)
		}
		if f.Message == "" || f.Hint == "" || f.Field != "" {
			t.Errorf("%s: want a message, a hint and no field, have %+v", f.Code, *f)
		}
	}
	for code := range tested {
		if !seen[code] {
			t.Errorf("%s is not listed", code)
		}
	}
}

// TestFaultsHoldNoValue guards the promise that a fault never tells the value, whatever the value is.
func TestFaultsHoldNoValue(t *testing.T) {
	t.Parallel()
	for _, tt := range faultTests {
		fault, _ := secondFault(tt.scheme, tt.raw)
		if len(tt.raw) > 4 && strings.Contains(fault.In("field").Error(), tt.raw) {
			t.Errorf("%s tells the value", fault.Code)
		}
	}
}

func TestCheckCharacters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		check func([]byte) byte
		body  string
		want  byte
	}{
		{"citizen", entity.CitizenCheck, "11010519491231002", 'X'},
		{"citizen, centenarian", entity.CitizenCheck, "44052418800101001", '4'},
		{"citizen, short", entity.CitizenCheck, "1101051949123100", 0},
		{"citizen, letter", entity.CitizenCheck, "1101051949123100A", 0},
		{"uscc", entity.USCCCheck, "91350100M000100Y4", '3'},
		{"uscc, sum is a multiple of 31", entity.USCCCheck, "00000000000000000", '0'},
		{"uscc, short", entity.USCCCheck, "91350100M000100Y", 0},
		{"uscc, letter outside the alphabet", entity.USCCCheck, "91350100MO00100Y4", 0},
		{"orgcode", entity.OrgCodeCheck, "M000100Y", '4'},
		{"orgcode, 10 is X", entity.OrgCodeCheck, "00000006", 'X'},
		{"orgcode, 11 is 0", entity.OrgCodeCheck, "00000000", '0'},
		{"orgcode, short", entity.OrgCodeCheck, "M000100", 0},
		{"orgcode, hyphen", entity.OrgCodeCheck, "M000100-", 0},
		{"regno", entity.RegNoCheck, "11010800000001", '6'},
		{"regno, short", entity.RegNoCheck, "1101080000000", 0},
		{"regno, letter", entity.RegNoCheck, "1101080000000A", 0},
		{"certificate", entity.CertificateCheck, "11100000000013338W011.11430000006122244L.20230000403.001", 'U'},
		{"certificate without dots", entity.CertificateCheck, "11100000000013338W01111430000006122244L20230000403001", 'U'},
		{"certificate, standard where the vendor wrote M", entity.CertificateCheck,
			"11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001", 'D'},
		{"certificate, nothing", entity.CertificateCheck, ".", 0},
		{"certificate, other character", entity.CertificateCheck, "1-2", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.check([]byte(tt.body)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBirthDateAndSex(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		number string
		days   int32
		ok     bool
		sex    byte
	}{
		{"11010519491231002X", -7306, true, '2'},
		{"440524188001010014", -32872, true, '1'},
		{"110105197001010010", 0, true, '1'},
		{"110105200002290022", 11016, true, '2'},
		{"110105200102290022", 0, false, '2'},
		{"1101052001022A0022", 0, false, '2'},
		{"11010519700101001", 0, false, '0'},
		{"1101051970010100AX", 0, true, '0'},
	} {
		days, ok := entity.BirthDate([]byte(tt.number))
		if days != tt.days || ok != tt.ok {
			t.Errorf("BirthDate(%s) = %d, %v; want %d, %v", tt.number, days, ok, tt.days, tt.ok)
		}
		if sex := entity.Sex([]byte(tt.number)); sex != tt.sex {
			t.Errorf("Sex(%s) = %c, want %c", tt.number, sex, tt.sex)
		}
	}
}

func TestChinesePassport(t *testing.T) {
	t.Parallel()
	chinese := strings.Fields("E12345679 G12345679 D12345679 S12345679 P12345679 H12345679 K12345679 EA1234567 EZ1234567 DE1234567 " +
		"SE1234567 PE1234567 MA1234567 MB1234567 KJ1234567 140000001 150000001")
	foreign := strings.Fields("L898902C EI1234567 EO1234567 GA1234567 DA1234567 MC1234567 KA1234567 160000001 E1234567 E1234567A A12345679 XY1234567")
	for _, p := range slices.Concat(chinese, foreign) {
		if got := entity.ChinesePassport([]byte(p)); got != slices.Contains(chinese, p) {
			t.Errorf("ChinesePassport(%s) = %v", p, got)
		}
	}
}

// TestTooLongToBeRead gives each scheme a value that no identifier can be, as a hostile or misjoined field would.
func TestTooLongToBeRead(t *testing.T) {
	t.Parallel()
	long := []byte(strings.Repeat("1", 1<<20))
	for _, scheme := range allSchemes {
		_, fault := entity.Normalise(scheme, nil, long)
		if fault == nil || !strings.HasSuffix(fault.Code, ".length") && !strings.HasSuffix(fault.Code, ".form") {
			t.Errorf("%s: %v", scheme, fault)
		}
	}
}

// TestUSCCCategories makes a code with right checks of every pair of first characters and compares with the table as
// published: registering body, then its categories.
func TestUSCCCategories(t *testing.T) {
	t.Parallel()
	known := map[byte]string{'1': "1239", '2': "19", '3': "123459", '4': "19", '5': "1239", '6': "129", '7': "129", '8': "19", '9': "123",
		'A': "19", 'N': "1239", 'Y': "1"}
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for i := range alphabet {
		for k := range alphabet {
			body := alphabet[i:i+1] + alphabet[k:k+1] + "350100M000100Y4"
			fault, _ := secondFault("uscc", body+string(entity.USCCCheck([]byte(body))))
			want := strings.IndexByte(known[alphabet[i]], alphabet[k]) >= 0
			if want != (fault == nil) || fault != nil && fault.Code != "uscc.department" {
				t.Errorf("%s: known %v, fault %v", body[:2], want, fault)
			}
		}
	}
}

// TestCleanKeepsKnownWrong shows how a caller takes in the certificates of an issuer with the known wrong routine: by their code,
// with Clean for the value.
func TestCleanKeepsKnownWrong(t *testing.T) {
	t.Parallel()
	raw := " 1.2.156.3005.2.11100000000013661b006.113700000045046442.209fa4e88f9e4c878f3e9bed2ce7ea49.001.m"
	fault, _ := secondFault("certificate", raw)
	if fault == nil || fault.Code != "certificate.known_wrong" {
		t.Fatalf("fault %v", fault)
	}
	want := "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M"
	if got := entity.Clean("certificate", nil, []byte(raw)); string(got) != want {
		t.Errorf("got %s", got)
	}
}
