package match

import "strings"

// words that tell what a column is, by kind, in the order in which they are looked for.
var hints = []struct {
	kind   Kind
	scheme string
	words  string
}{
	{Date, "", "dob birth_date birthdate date_of_birth birthday 出生日期 生日 出生"},
	{Identifier, "citizen", "citizen citizen_number id_card idcard id_number idno sfz 身份证 公民身份号码 证件号码"},
	{Identifier, "uscc", "uscc 统一社会信用代码 信用代码"},
	{Identifier, "", "ssn soc_sec_id soc_sec social_security nhs passport tax_id taxid vat regno 护照 纳税人识别号 注册号"},
	{Phone, "", "phone telephone mobile cell tel 电话 手机 联系方式"},
	{Code, "", "sex gender state country county postcode zip zipcode division city street_number house_number 性别 行政区划 邮编 区县 代码"},
	{Address, "", "地址 住址 住所"},
	{Organisation, "", "company organisation organization company_name org_name employer 单位 企业 公司 机构名称"},
	{Name, "", "name full_name fullname 姓名 名字"},
	{Text, "", "given_name first_name firstname surname last_name lastname family_name middle_name address street address_1 address_2 suburb town email 街道 addr"},
}

// Guess says what the columns of a file are by their names; columns that it does not know, and the ones in without, are left out.
func Guess(header []string, without ...string) []Field {
	var fields []Field
	for _, column := range header {
		f, ok := guess(column)
		for _, w := range without {
			ok = ok && w != column
		}
		if ok && len(fields) < most {
			fields = append(fields, f)
		}
	}
	return fields
}

func guess(column string) (Field, bool) {
	plain := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(column)))
	for _, h := range hints {
		for word := range strings.FieldsSeq(h.words) {
			if plain == word || word[0] >= 0x80 && strings.Contains(plain, word) {
				return Field{Column: column, Kind: h.kind, Scheme: h.scheme, Apart: h.scheme != ""}, true
			}
		}
	}
	return Field{}, false
}
