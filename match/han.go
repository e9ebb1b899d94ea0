package match

import (
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
	"github.com/mozillazg/go-pinyin"
)

// han holds, for each Chinese character, the character it is compared as (simplified, one form for all variants) and how it is
// read. Immutable once built.
type han struct {
	bmp     [1 << 16]uint16 // by character of the basic plane; 0: itself
	simple  map[rune]rune   // of the other planes
	reading map[rune]string
	family  map[string]string // readings of surnames that differ from the usual ones
}

var hanTables = sync.OnceValue(loadHan)

// variants are other forms of characters of names and addresses that the conversion of traditional characters does not know.
const variants = "喆哲 堃坤 犇奔 昇升 陞升 峯峰 甯宁 寧宁 濬浚 珎珍 菓果 嶽岳 牀床 邨村 週周 姪侄 愼慎 眞真 瑠琉 燿耀 煇辉 啟启 凃涂 畧略 羣群 鉄铁 晧皓 禎祯 咊和 閆闫"

// families are readings of surnames that differ from the character's usual reading.
const families = "单shan 仇qiu 解xie 查zha 曾zeng 区ou 朴piao 翟zhai 缪miao 盖ge 尉迟yuchi 万俟moqi 任ren 华hua 纪ji 乐yue 员yun 种chong 黑he 那na 宁ning 秘bi 折she 冼xian 召shao 繁po 仉zhang 逄pang 葛ge 长孙zhangsun 澹台tantai 令狐linghu 覃qin 晁chao 隗wei 曲qu 盛sheng 柏bai 车che 祭zhai 哈ha 过guo 牟mou 相xiang 应ying 贾jia 强qiang 夏侯xiahou 谌chen 逯lu 撒sa 石shi 沈shen 重chong 於yu 会gui 卜bu 呙guo 阚kan 郗xi 俞yu 曹cao 谷gu 洗xian 尹yin 句gou 难ning 都du 褚chu 乜nie 宿su 尉wei 叶ye 干gan 广guang 合ge 皇甫huangfu 百里baili 宰父zaifu 鲜于xianyu 单于chanyu"

func loadHan() *han {
	h := &han{simple: map[rune]rune{}, reading: make(map[rune]string, len(pinyin.PinyinDict)), family: map[string]string{}}
	for r, text := range pinyin.PinyinDict {
		first, _, _ := strings.Cut(text, ",")
		h.reading[rune(r)] = plainReading(first)
	}
	h.simplify()
	for pair := range strings.FieldsSeq(variants) {
		r := []rune(pair)
		h.same(r[0], r[1])
	}
	for entry := range strings.FieldsSeq(families) {
		i := strings.IndexFunc(entry, func(r rune) bool { return r < unicode.MaxASCII })
		h.family[entry[:i]] = entry[i:]
	}
	return h
}

// simplify asks the conversion for each character by itself, so that no phrase changes it.
func (h *han) simplify() {
	conv, err := opencc.New("t2s")
	if err != nil {
		return // its dictionaries are embedded: there is nothing that could be missing at run time; a test holds this
	}
	var sb strings.Builder
	var all []rune
	for r := range h.reading {
		if unicode.Is(unicode.Han, r) {
			all = append(all, r)
			sb.WriteRune(r)
			sb.WriteByte('\n')
		}
	}
	text, err := conv.Convert(sb.String())
	if err != nil {
		return
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if r := []rune(line); i < len(all) && len(r) == 1 && r[0] != all[i] {
			h.same(all[i], r[0])
		}
	}
}

// same says that a character is compared as another.
func (h *han) same(from, to rune) {
	if from < 1<<16 && to < 1<<16 {
		h.bmp[from] = uint16(to)
		return
	}
	h.simple[from] = to
}

// plainReading takes the tone marks off: lǚ is lv, as people type it.
func plainReading(s string) string {
	const marked = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê"
	const plain = "aaaaeeeeiiiioooouuuuvvvvvnnnme"
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r < unicode.MaxASCII {
			out = append(out, byte(r))
			continue
		}
		n := 0
		for _, m := range marked {
			if m == r {
				out = append(out, plain[n])
				break
			}
			n++
		}
	}
	return string(out)
}

// fold is the form a character is compared as: half width, lower case, simplified, one of its variants.
func (h *han) fold(r rune) rune {
	switch {
	case r < unicode.MaxASCII:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return h.fold(r - 0xFEE0)
	case r == 0x3000:
		return ' '
	case r >= 0x2E80 && r < 1<<16:
		if s := h.bmp[r]; s != 0 {
			return rune(s)
		}
		return r
	case r >= 1<<16:
		if s, ok := h.simple[r]; ok {
			return s
		}
		return r
	}
	if r >= 0xC0 && r < 0x250 {
		if s, ok := latin[r]; ok {
			return s
		}
	}
	return unicode.ToLower(r)
}

// latin takes accents off the letters of European names.
var latin = func() map[rune]rune {
	const from = "àáâãäåāăçćčďèéêëēęěìíîïīłñńňòóôõöøōőřśšťùúûüūůűýÿžźżÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ"
	const to = "aaaaaaaacccdeeeeeeeiiiiilnnnooooooooorsstuuuuuuuyyzzzaaaaaaceeeeiiiinoooooouuuuy"
	m, i := map[rune]rune{}, 0
	for _, r := range from {
		m[r] = rune(to[i])
		i++
	}
	return m
}()

// letters appends how a name is read, in small letters without spaces: 王秀英 wangxiuying. Letters stand for themselves, so that
// a name half in characters reads like one in either script.
func (h *han) letters(dst []byte, name []rune) []byte {
	if len(name) > 1 {
		for n := min(2, len(name)-1); n > 0; n-- {
			if s, ok := h.family[string(name[:n])]; ok {
				dst = append(dst, s...)
				name = name[n:]
				break
			}
		}
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z':
			dst = append(dst, byte(r))
		case r >= 0x2E80:
			dst = append(dst, h.reading[r]...)
		}
	}
	return dst
}
