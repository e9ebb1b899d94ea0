package serve

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/sheet"
)

// The archive package as archives take it: a ZIP of the files of ArchivePackage, an encapsulation of them by DA/T 48-2009 (EEP) and a METS
// document, all with their digests under the signed manifest.

const (
	eepSpace  = "http://www.saac.gov.cn/standards/ERM/encapsulation"
	metsSpace = "http://www.loc.gov/METS/"
	linkSpace = "http://www.w3.org/1999/xlink"
	// retention is how long a case is kept where its archive says nothing else: 30 years, the long one of the two terms of DA/T 48's records.
	retention = "30年"
)

// archiveZip is the archive package for an archive's intake. 归档信息包
func (s *Server) archiveZip(ctx context.Context, x *exchange, in *idInput) (*document, error) {
	a, err := s.archive(ctx, x, in.ID, func(a *ArchivePackage, m *catalog.Matter, c *matter.Case) error {
		eep, err := s.eep(a, m, c)
		if err != nil {
			return err
		}
		a.put("eep.xml", eep)
		mets, err := s.mets(a, m)
		if err != nil {
			return err
		}
		a.put("mets.xml", mets)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range append(a.Files, ArchiveFile{"manifest.jws", a.Signature}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: a.Manifest.Made})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(f.Content)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &document{media: "application/zip", name: a.Manifest.Case + ".zip", body: out.Bytes()}, nil
}

// node is an element of an XML document: attributes by turns of name and value, then its text or its children.
type node struct {
	name     string
	attrs    []string
	text     string
	children []node
}

func leafNode(name, text string, attrs ...string) node {
	return node{name: name, text: text, attrs: attrs}
}
func branch(name string, children ...node) node { return node{name: name, children: children} }

// with gives an element attributes.
func (n node) with(attrs ...string) node {
	n.attrs = attrs
	return n
}

// MarshalXML implements xml.Marshaler.
func (n node) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	start := xml.StartElement{Name: xml.Name{Local: n.name}}
	for i := 0; i+1 < len(n.attrs); i += 2 {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: n.attrs[i]}, Value: n.attrs[i+1]})
	}
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	if err := e.EncodeToken(xml.CharData(n.text)); err != nil {
		return err
	}
	for _, c := range n.children {
		if err := e.Encode(c); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// xmlText is a document with this root.
func xmlText(n node) (string, error) {
	text, err := xml.MarshalIndent(n, "", " ")
	return xml.Header + string(text), err
}

// departmentName is a department's Chinese name; of one that the catalogue does not have, its code.
func departmentName(c *catalog.Catalog, code string) string {
	for i := range c.Departments {
		if c.Departments[i].Code == code {
			return c.Departments[i].ZH
		}
	}
	return code
}

// eep encapsulates the files by DA/T 48-2009. It has no signature block of its own, which wants an X.509 certificate: the signed manifest of
// the package holds its digest.
func (s *Server) eep(a *ArchivePackage, m *catalog.Matter, c *matter.Case) (string, error) {
	last := c.Decisions[len(c.Decisions)-1]
	by := departmentName(s.current().catalog, cmp.Or(last.Department, m.Department))
	number, err := strconv.ParseUint(strings.TrimPrefix(c.ID, "c"), 16, 64) // the standard wants a number: the id is one in another notation
	if err != nil {
		return "", err
	}
	entity := branch("文件实体",
		leafNode("聚合层次", "文件"),
		branch("来源", leafNode("立档单位名称", by)),
		leafNode("电子文件号", c.ID),
		branch("档号", leafNode("年度", last.At.In(sheet.China).Format("2006")), leafNode("保管期限", retention), leafNode("室编件号", strconv.FormatUint(max(number, 1), 10))),
		branch("内容描述", leafNode("题名", m.ZH+"办件 "+c.ID), leafNode("文件编号", cmp.Or(c.Number, c.ID)), leafNode("责任者", by),
			leafNode("日期", last.At.In(sheet.China).Format(time.DateOnly)), leafNode("密级", "内部")),
		branch("形式特征", leafNode("文件组合类型", "组合文件"), leafNode("语种", "汉语")),
		branch("存储位置", leafNode("脱机载体编号", "无")),
		branch("权限管理", leafNode("控制标识", "凭授权查阅")),
		leafNode("信息系统描述", "wuku "+s.cfg.Version),
		branch("文件数据", eepFiles(a.Files)...))
	acts, agents := eepActs(c)
	return xmlText(branch("电子文件封装包",
		leafNode("封装包格式描述", "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》生成"),
		leafNode("版本", "2009"),
		branch("被签名对象",
			leafNode("封装包类型", "原始型"),
			leafNode("封装包类型描述", "本封装包包含电子文件数据及其元数据，原始封装，未经修改"),
			leafNode("封装包创建时间", a.Manifest.Made.In(sheet.China).Format(time.RFC3339)),
			leafNode("封装包创建单位", s.cfg.Issuer),
			branch("封装内容", branch("文件实体块", entity), branch("业务实体块", acts...), branch("机构人员实体块", agents...))).with("eep版本", "2009")).with("xmlns", eepSpace))
}

// eepFiles are the files with their bytes: the case itself is the main one.
func eepFiles(files []ArchiveFile) []node {
	var docs []node
	for i, f := range files {
		id := fmt.Sprintf("修改0-文档%d", i+1)
		rank := "附属文档"
		if f.Name == "case.json" {
			rank = "主文档"
		}
		docs = append(docs, branch("文档", leafNode("文档标识符", id), leafNode("文档序号", strconv.Itoa(i+1)), leafNode("文档主从声明", rank), leafNode("题名", f.Name),
			branch("文档数据", branch("编码",
				branch("电子属性", leafNode("格式信息", "application/json"), leafNode("计算机文件名", f.Name), leafNode("计算机文件大小", strconv.Itoa(len(f.Content)))),
				leafNode("编码描述", "编码数据为计算机文件的Base64编码(RFC 2045)，反编码后按反编码关键字还原扩展名"),
				leafNode("反编码关键字", "base64-"+strings.TrimPrefix(path.Ext(f.Name), ".")),
				leafNode("编码数据", base64.StdEncoding.EncodeToString([]byte(f.Content)), "编码数据ID", id+"-文档数据1-编码1-编码数据1"),
			).with("编码ID", id+"-文档数据1-编码1")).with("文档数据ID", id+"-文档数据1")))
	}
	return docs
}

// eepActs are what happened to the case, and who did it: clients and departments, never a person.
func eepActs(c *matter.Case) (acts, agents []node) {
	known := map[string]bool{}
	act := func(what, client, basis string, at time.Time) {
		parts := []node{leafNode("业务标识符", c.ID+"-"+strconv.Itoa(len(acts)+1)), leafNode("机构人员标识符", client), leafNode("文件标识符", c.ID),
			leafNode("业务状态", "历史行为"), leafNode("业务行为", what), leafNode("行为时间", at.In(sheet.China).Format(time.RFC3339))}
		if basis != "" {
			parts = append(parts, leafNode("行为依据", basis))
		}
		acts = append(acts, branch("业务实体", parts...))
		if !known[client] {
			known[client] = true
			agents = append(agents, branch("机构人员实体", leafNode("机构人员标识符", client), leafNode("机构人员类型", "单位"), leafNode("机构人员名称", client)))
		}
	}
	act("受理", c.Client, "", c.Opened)
	for i, d := range c.Decisions { // an appeal follows a decision
		act("办结:"+map[bool]string{true: "准予", false: "不予"}[d.Accept], d.Client, d.Reason, d.At)
		if i < len(c.Appeals) {
			act("申诉", c.Appeals[i].Client, c.Appeals[i].Reason, c.Appeals[i].At)
		}
	}
	return acts, agents
}

// mets is the package's METS document: its files with digests, and how they hang together.
func (s *Server) mets(a *ArchivePackage, m *catalog.Matter) (string, error) {
	var files, parts []node
	for i, f := range a.Manifest.Files {
		id, media := fmt.Sprintf("f%d", i+1), "application/json"
		if path.Ext(f.Name) == ".xml" {
			media = "application/xml"
		}
		files = append(files, branch("file", leafNode("FLocat", "", "LOCTYPE", "URL", "xlink:type", "simple", "xlink:href", f.Name)).
			with("ID", id, "MIMETYPE", media, "SIZE", strconv.Itoa(f.Bytes), "CHECKSUM", f.SHA256, "CHECKSUMTYPE", "SHA-256"))
		parts = append(parts, branch("div", leafNode("fptr", "", "FILEID", id)).with("LABEL", f.Name))
	}
	return xmlText(branch("mets",
		branch("metsHdr", branch("agent", leafNode("name", s.cfg.Issuer)).with("ROLE", "CREATOR", "TYPE", "ORGANIZATION")).with("CREATEDATE", a.Manifest.Made.Format(time.RFC3339)),
		branch("fileSec", branch("fileGrp", files...)),
		branch("structMap", branch("div", parts...).with("TYPE", "case", "LABEL", m.ZH)).with("TYPE", "logical")).
		with("xmlns", metsSpace, "xmlns:xlink", linkSpace, "OBJID", a.Manifest.Case, "LABEL", m.ZH+" "+a.Manifest.Case, "TYPE", archiveType))
}
