package bench

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/mozillazg/go-pinyin"

	"wuku/entity"
)

// MatchSet describes a synthetic file of people in several records each, damaged as registers are, with the truth in a column.
// Nobody in it exists. The same MatchSet gives the same bytes.
type MatchSet struct {
	Records int
	Seed    uint64
}

// MatchColumns is the header of the file.
const MatchColumns = "id,name,sex,dob,citizen_number,phone,address,county,truth"

const (
	matchSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤时穆卜查仇"
	matchGiven    = "英华明秀红玉丽文平军芳国建春海小伟志金桂强永梅云霞志敏杰兰辉燕荣林艳静超龙晓东娟波玲勇飞涛峰宏斌刚利凤莲成新德清忠香珍立美洪祥俊凯福学正生爱庆光琴雪义继长磊宇浩鑫佳欣怡婷雨子梓涵宸轩泽睿博豪天嘉思琪瑞瑶诗雅静萱梦洁莹琳璐颖倩妍菲蕾薇月星辰阳晨曦朝晖旭昊昕晴岚峻岩松柏桐枫楠森栋梁材树根苗青山川江河湖洋波浪泉源溪润泽沛霖雷电风云霄汉宁安康泰和顺昌盛兴旺发达财富贵仁义礼智信温良恭俭让忠孝廉耻勇毅刚正诚实善良真美慧敏聪颖贤淑惠兰芷若蕙荷菊竹石玉珠宝翠珊瑚琥珀瑾瑜璋琮瑛瑞琦珂玮玲珑环佩锦绣绮罗绫缎纱丝绢素彩虹霓霞光耀辉煌灿烂炳炎焱炜烨煜照熙熹燃烈铁钢铜银铭锋锐钧钟铃镇鉴庆祝贺喜欢乐笑颜开心怀念恩慈爱敬尊崇高远志向前进步伐征程万里鹏飞翔翱鸿雁鹤凤凰麒麟龙虎豹骏马驰骋奔腾超越卓然冠群英雄豪杰俊彦贤才博学书翰墨文章诗词歌赋琴棋画艺术科技创新世纪华夏中国民族"
	matchStreets  = "中山 人民 解放 建设 新华 和平 胜利 长江 黄河 健康 文化 青年 工农 团结 光明 朝阳 东风 红旗 迎宾 花园 滨河 梅园 桃园 竹园 兰亭 松涛 柳荫 荷塘 梧桐 银杏 玉兰 桂花 枫林 翠竹 金桥 银桥 平安 吉祥 如意 兴业 创新 科技 软件 高新 纬一 纬二 经三 经四 虎踞 北京 上海 太平 湖南 珠江 龙蟠 大桥 草场 云南 汉中 洪武 延安 瑞金 御道 苜蓿 明故 后标 富贵 天目 集庆 升州 莫愁 水西 汉西 凤凰 江东 应天 兴隆 奥体 嘉陵 白龙 富春 恒山 泰山 华山 衡山 嵩山 学府 书院 文昌 文庙 状元 乌衣 朱雀 玄武 青龙 白虎 钟楼 鼓楼 西园 东园 南园 北园 观前 平江 山塘 十全 凤起 干将 三香 劳动"
)

// matchPerson is who the records are of.
type matchPerson struct {
	name           string
	sex            byte
	year, day      int // day: month*100+day
	number, county string
	phone, address string
	street         string
	door           [4]int
}

type matchWriter struct {
	w        *bufio.Writer
	r        *rand.Rand
	surnames []rune
	given    []rune
	surname  []float64
	counties []entity.Division
	streets  []string
	reading  map[rune]string
	sounds   map[string][]rune
	line     []byte
	row      int
	set      MatchSet
}

// Write writes the file as CSV and returns how many people are in it.
func (s MatchSet) Write(out io.Writer) (people int, err error) {
	m := newMatchWriter(s, out)
	fmt.Fprintln(m.w, MatchColumns)
	for m.row < s.Records {
		home := m.household()
		for i := range home {
			n := min(m.times(), s.Records-m.row)
			for range n {
				m.record(home, i, people)
			}
			if n > 0 {
				people++
			}
		}
	}
	return people, m.w.Flush()
}

func newMatchWriter(s MatchSet, out io.Writer) *matchWriter {
	m := &matchWriter{w: bufio.NewWriterSize(out, 1<<20), r: rand.New(rand.NewPCG(s.Seed, 0x6d61746368)), set: s,
		surnames: []rune(matchSurnames), streets: strings.Fields(matchStreets), reading: map[rune]string{}, sounds: map[string][]rune{}}
	for _, r := range matchGiven {
		if !slices.Contains(m.given, r) {
			m.given = append(m.given, r)
		}
	}
	sum := 0.0
	for i := range m.surnames {
		sum += 7.2 / math.Pow(float64(i)+1.3, 0.95)
		m.surname = append(m.surname, sum)
	}
	for _, r := range slices.Concat(m.given, m.surnames) {
		if p := pinyin.LazyPinyin(string(r), pinyin.NewArgs()); len(p) == 1 && m.reading[r] == "" {
			m.reading[r] = p[0]
			m.sounds[p[0]] = append(m.sounds[p[0]], r)
		}
	}
	table := entity.Divisions()
	for _, p := range table.Children("320000", entity.LastDivisionYear) {
		m.counties = append(m.counties, table.Children(p.Code, entity.LastDivisionYear)...)
	}
	return m
}

func (m *matchWriter) chance(p float64) bool { return m.r.Float64() < p }

func (m *matchWriter) pickSurname() rune {
	x := m.r.Float64() * m.surname[len(m.surname)-1]
	i, _ := slices.BinarySearch(m.surname, x)
	return m.surnames[min(i, len(m.surnames)-1)]
}

// givenRune draws by Zipf's law.
func (m *matchWriter) givenRune() rune {
	n := float64(len(m.given))
	return m.given[min(int(math.Pow(n+1, m.r.Float64()))-1, len(m.given)-1)]
}

func (m *matchWriter) givenName() string {
	if m.chance(.17) {
		return string(m.givenRune())
	}
	return string([]rune{m.givenRune(), m.givenRune()})
}

// times is how many records a person has: 1 to 8, 2.44 on average.
func (m *matchWriter) times() int {
	n := 1
	for n < 8 && m.chance(.595) {
		n++
	}
	return n
}

func (m *matchWriter) newPhone() string {
	prefix := [...]string{"130", "133", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "170", "177", "180", "181", "186", "188", "189", "198"}
	return fmt.Sprintf("%s%08d", prefix[m.r.IntN(len(prefix))], m.r.IntN(100_000_000))
}

func (m *matchWriter) newDoor() [4]int {
	d := [4]int{1 + m.r.IntN(300)}
	if m.chance(.75) {
		d = [4]int{d[0], 1 + m.r.IntN(30), 1 + m.r.IntN(4), (1+m.r.IntN(18))*100 + 1 + m.r.IntN(4)}
	}
	return d
}

func (m *matchWriter) newStreet() string {
	return m.streets[m.r.IntN(len(m.streets))] + [...]string{"路", "街", "巷", "大道", "东路", "西路", "南路", "北路"}[m.r.IntN(8)]
}

// household makes the people who live together: one phone is shared by some of them, the address by all.
func (m *matchWriter) household() []matchPerson {
	size := [...]int{1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6}[m.r.IntN(13)]
	county := m.counties[m.r.IntN(len(m.counties))]
	street, door, phone := m.newStreet(), m.newDoor(), m.newPhone()
	father := m.pickSurname()
	parents := 1940 + m.r.IntN(60)
	home := make([]matchPerson, size)
	for i := range home {
		p := &home[i]
		surname, year := father, parents
		switch {
		case i == 1:
			surname, year = m.pickSurname(), parents+m.r.IntN(7)-3
		case i >= 2 && i < 4:
			year = parents + 22 + m.r.IntN(12)
		case i >= 4:
			year = parents - 22 - m.r.IntN(8)
			if i == 5 {
				surname = m.pickSurname()
			}
		}
		p.year, p.day = min(max(year, 1925), 2024), m.birthday()
		p.sex = byte('1' + (i+m.r.IntN(8)/7)%2)
		if i >= 2 {
			p.sex = byte('1' + m.r.IntN(2))
		}
		if i == 3 && m.chance(.02) { // twins
			p.year, p.day = home[2].year, home[2].day
		}
		p.name = string(surname) + m.givenName()
		born := county
		if m.chance(.3) {
			born = m.counties[m.r.IntN(len(m.counties))]
		}
		p.number = m.number(born.Code, p)
		p.county, p.street, p.door = county.Code, street, door
		p.address = county.FullName()
		p.phone = phone
		if i > 0 && m.chance(.7) && p.year < 2012 {
			p.phone = m.newPhone()
		}
	}
	return home
}

func (m *matchWriter) birthday() int {
	month := 1 + m.r.IntN(12)
	return month*100 + 1 + m.r.IntN([...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1])
}

func (m *matchWriter) number(county string, p *matchPerson) string {
	seq := m.r.IntN(500)*2 + int(p.sex-'1'+1)%2
	first := fmt.Sprintf("%s%04d%04d%03d", county, p.year, p.day, seq)
	return first + string(entity.CitizenCheck([]byte(first)))
}

// record writes one record of person i of a household.
func (m *matchWriter) record(home []matchPerson, i, person int) {
	p := &home[i]
	name, phone := m.nameOf(p), m.phoneOf(p)
	if m.chance(.003) {
		name, phone = phone, name
	}
	fields := [...]string{m.recordName(), name, m.sexOf(p), m.dateOf(p), m.numberOf(home, i), phone, m.addressOf(p), m.countyOf(p), "p" + strconv.Itoa(person)}
	for n, f := range fields {
		if n > 0 {
			m.w.WriteByte(',')
		}
		m.w.WriteString(f)
	}
	m.w.WriteByte('\n')
	m.row++
}

// recordName hides in which order records were made: names of one person's records are not neighbours.
func (m *matchWriter) recordName() string {
	return fmt.Sprintf("r%08x", uint32(m.row)*2654435761+uint32(m.set.Seed))
}

func (m *matchWriter) sexOf(p *matchPerson) string {
	switch {
	case m.chance(.03):
		return ""
	case m.chance(.01):
		return string('1' + '2' - p.sex)
	}
	return string(p.sex)
}

func (m *matchWriter) nameOf(p *matchPerson) string {
	if m.chance(.007) {
		return ""
	}
	if !m.chance(.075) {
		return p.name
	}
	r := []rune(p.name)
	at := 1 + m.r.IntN(len(r)-1)
	switch m.r.IntN(6) {
	case 0: // another character that reads the same
		if same := m.sounds[m.reading[r[at]]]; len(same) > 1 {
			r[at] = same[m.r.IntN(len(same))]
		}
	case 1:
		r[at] = m.givenRune()
	case 2:
		if len(r) > 2 {
			r = slices.Delete(r, at, at+1)
		}
	case 3:
		r = append(r[1:], r[0])
	case 4:
		var s []string
		for _, c := range r {
			s = append(s, m.reading[c])
		}
		return strings.Join(s, " ")
	default:
		return string(r[0]) + " " + string(r[1:])
	}
	return string(r)
}

func (m *matchWriter) dateOf(p *matchPerson) string {
	year, month, day := p.year, p.day/100, p.day%100
	switch x := m.r.Float64(); {
	case x < .05:
		return ""
	case x < .06:
		month, day = day, month
	case x < .075:
		return m.typo(fmt.Sprintf("%04d%02d%02d", year, month, day))
	case x < .09:
		month, day = 1, 1
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// typo changes one digit, or exchanges two neighbours.
func (m *matchWriter) typo(s string) string {
	b := []byte(s)
	at := m.r.IntN(len(b) - 1)
	if m.chance(.4) {
		b[at], b[at+1] = b[at+1], b[at]
	} else {
		b[at] = '0' + byte(m.r.IntN(10))
	}
	return string(b)
}

func (m *matchWriter) numberOf(home []matchPerson, i int) string {
	p := &home[i]
	switch x := m.r.Float64(); {
	case x < .30:
		return ""
	case x < .33:
		return m.typo(p.number)
	case x < .34 && p.year < 2000:
		return p.number[:6] + p.number[8:17]
	case x < .342 && len(home) > 1:
		return home[(i+1)%len(home)].number
	}
	return p.number
}

func (m *matchWriter) phoneOf(p *matchPerson) string {
	switch x := m.r.Float64(); {
	case x < .40:
		return ""
	case x < .55:
		return m.newPhone()
	case x < .565:
		return m.typo(p.phone)
	case x < .575:
		return "00000000000"
	case x < .585:
		return "13800138000"
	}
	return p.phone
}

func (m *matchWriter) addressOf(p *matchPerson) string {
	x := m.r.Float64()
	if x < .25 {
		return ""
	}
	place, street, door := p.address, p.street, p.door
	if x < .40 {
		c := m.counties[m.r.IntN(len(m.counties))]
		place, street, door = c.FullName(), m.newStreet(), m.newDoor()
	}
	return writeAddress(place, street, door, m.r.IntN(4))
}

// writeAddress writes an address in one of four ways.
func writeAddress(place, street string, d [4]int, form int) string {
	short := d[1] == 0
	switch form {
	case 0:
		if short {
			return fmt.Sprintf("%s%s%d号", place, street, d[0])
		}
		return fmt.Sprintf("%s%s%d号%d幢%d单元%d室", place, street, d[0], d[1], d[2], d[3])
	case 1:
		place = strings.TrimPrefix(place, "江苏省")
		if short {
			return fmt.Sprintf("%s%s%d號", place, street, d[0])
		}
		return fmt.Sprintf("%s%s%d號%d棟%d單元%d室", place, street, d[0], d[1], d[2], d[3])
	case 2:
		s := fmt.Sprintf("%s%s%d-%d-%d-%d", place, street, d[0], d[1], d[2], d[3])
		if short {
			s = fmt.Sprintf("%s%s%d", place, street, d[0])
		}
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r + 0xFEE0
			}
			return r
		}, s)
	}
	if short {
		return fmt.Sprintf("%s%d号", street, d[0])
	}
	return fmt.Sprintf("%s%d号%d栋%d-%d", street, d[0], d[1], d[2], d[3])
}

func (m *matchWriter) countyOf(p *matchPerson) string {
	switch x := m.r.Float64(); {
	case x < .10:
		return ""
	case x < .13:
		return m.counties[m.r.IntN(len(m.counties))].Code
	}
	return p.county
}
