package demo

// certificatesSmall declares feeds of certificates in the language of parseSmall.
const certificatesSmall = `
education.teacher certificate/60/person/教师资格证书/教育局 zsbh JS "无" zt=CX/- @gxsj:spaced
  = type_code 11100000000013362D101
  = holder_code_type 111
  zs.bh number
  zs.mc name
  xm holder_name !
  sfzh holder_code
  fzjg issuer_name
  qh division
  fzqh issued_division
  rq issued d-
  qsrq valid_from d-
  yxq valid_to d-
  state status 有效=01,注销=04 
  zg grade 初中=1,高中=2,小学=3
  xk specialty
health.doctor certificate/70/person/医师执业证书/卫生健康委员会 docId YS null deleted=1/0 @updatedAt:iso
  = type_code 11100000MB1848126M102
  = holder_code_type 111
  certificateId certificate_id
  certNo number
  certName name
  doctor.name holder_name
  doctor.idNo holder_code
  issuer.name issuer_name
  issuer.code issuer_code
  area division
  areaAtIssue issued_division
  issueDate issued d-
  qsrq valid_from d-
  expire valid_to d-
  status status OK=01,VOID=04,REVOKED=07 name:有效
  level grade A=1,B=2,C=3
  specialty specialty
  practice practice_at
health.nurse certificate/65/person/护士执业证书/卫生健康委员会 hsbh HS "-" zt=9/1 #bbh@gxrq:digits14
  = type_code 11100000MB1848126M103
  = holder_code_type 111
  zsbm number
  zsmc name
  xm holder_name
  sfzhm holder_code
  fzdw issuer_name
  xzqh division
  fzrq issued d8
  qsrq valid_from d8
  yxqz valid_to d8
  zyjg practice_at
  zszt status 1=01,4=04 name:注销
justice.lawyer certificate/200/person/律师执业证/司法局 LSID LS null env env@GXSJ:epochMS postgresql+schema
  = type_code 11100000000147280A104
  = holder_code_type 111
  ZZBS certificate_id
  ZYZH number
  ZZMC name
  XM holder_name
  SFZH holder_code
  FZJG issuer_name
  FZJGDM issuer_code
  QHDM division
  FZDQH issued_division
  FZRQ issued dn
  QSRQ valid_from dn
  YXQZ valid_to dn
  ZT status 01=01,04=04,07=07 name:吊销
  SWS practice_at
  NDKH checked dn
housing.engineer certificate/120/person/建造师注册证书/住房和城乡建设局 zch JZ "无" sxbz=1/0 @xgsj:spaced
  = type_code 111000000001473523105
  = holder_code_type 111
  zsh number
  zm name
  ryxm holder_name
  zjh holder_code
  fzbm issuer_name
  dq division
  fz issued d/
  qsrq valid_from d/
  yx valid_to d/
  dj grade 一级=1,二级=2
  zy specialty
  dw practice_at
  zt status 正常=01,注销=04 name:失效
emergency.operator certificate/50/person/特种作业操作证/应急管理局 操作证号 TZ "/" - broker@上传时间:spaced
  = type_code 11100000MB15190079106
  = holder_code_type 111
  证号 number
  证名 name
  姓名 holder_name
  证件号码 holder_code
  签发机关 issuer_name
  签发地 division
  签发时区划 issued_division
  初领日期 issued d/
  起始日期 valid_from d/
  有效期至 valid_to d/
  复审日期 checked d/
  作业类别 specialty
  状态 status 有效=01,失效=05
culture.guide certificate/250/person/导游证/文化广电和旅游局 guideId DY null off=true/false @mtime:epochS array
  = type_code 11100000MB0143028R107
  = holder_code_type 111
  certId certificate_id
  no number
  title name
  guide.name holder_name
  guide.id holder_code
  org issuer_name
  city division
  issued issued d-
  qsrq valid_from d-
  until valid_to d-
  lang specialty
  st status 1=01,2=04 name:注销
hrss.skill certificate/40/person/职业技能等级证书/人力资源和社会保障局 AAZ001 JN "无" AAE100=0/1 @AAE036:spaced avro
  = type_code 1110000071780003X1108
  = holder_code_type 111
  AHC001 number
  AHC002 name
  AAC003 holder_name
  AAC002 holder_code
  AHB001 issuer_name
  AAB301 division
  AHC003 issued d8
  AHC004 grade 高级技师=1,技师=2,高级=3,中级=4,初级=5
  AHC005 specialty
  AHC006 status 1=01,2=03 name:撤销
maritime.crew certificate/300/person/船员适任证书/海事局 crewNo HY null deleted=Y/N @lastUpd:epochMS
  = type_code 11100000000147635B109
  = holder_code_type 111
  certNo number
  certName name
  crew.name holder_name
  crew.idCard holder_code
  authority issuer_name
  region division
  signDate issued d-
  validFrom valid_from d-
  validTo valid_to d-
  grade grade 1=1,2=2,3=3
  state status V=01,X=04 name:有效
fishery.vessel certificate/60/org/渔业船舶检验证书/农业农村局 cbbh YC "-" zt=ZX/ZY #v@gx:digits14
  = type_code 11100000MB17070166110
  = holder_code_type 001
  zsbh number
  zsmc name
  syr holder_name
  syrdm holder_code
  jyjg issuer_name
  qh division
  jyrq issued d8
  qsrq valid_from d8
  yxrq valid_to d8
  nj checked d8
  zsz status ZC=01,SX=05 name:失效
drugs.shop certificate/15/org/药品经营许可证/市场监督管理局 xkid YP null sc=1/0 @gxsj:epochMS
  = type_code 11100000MB0143036L111
  = holder_code_type 001
  dzzzbs certificate_id
  xkzh number
  zm name
  qymc holder_name
  xydm holder_code
  fzjg issuer_name
  fzjgdm issuer_code
  qx division
  fzdqh issued_division
  fzrq issued d-
  qsrq valid_from d-
  yxqz valid_to d-
  fw business_scope
  fr legal_rep_name
  zt status 1=01,2=04,3=07 name:有效
health.hygiene certificate/12/org/公共场所卫生许可证/卫生健康委员会 permitId WS null void=true/false @stamp:iso
  = type_code 11100000MB1848126M031
  = holder_code_type 001
  permit.no number
  permit.title name
  unit.name holder_name
  unit.code holder_code
  agency issuer_name
  district division
  issueDay issued d-
  validFrom valid_from d-
  endDay valid_to d-
  items business_scope
  head legal_rep_name
  state status valid=01,cancelled=04 name:注销
culture.venue certificate/40/org/娱乐经营许可证/文化广电和旅游局 证照编码 YL "/" 状态=作废/在用 @时间:spaced
  = type_code 11100000MB0143028R112
  = holder_code_type 001
  许可证号 number
  名称 name
  单位 holder_name
  代码 holder_code
  发证机关 issuer_name
  区划 division
  发证日期 issued d/
  起始日期 valid_from d/
  有效期 valid_to d/
  范围 business_scope
  负责人 legal_rep_name
water.intake certificate/70/org/取水许可证/水利局 QSXKID QS null env env@SJC:epochMS oracle
  = type_code 11100000000147918K113
  = holder_code_type 001
  XKZBH number
  XKZMC name
  QSDW holder_name
  DWDM holder_code
  SPJG issuer_name
  SPJGDM issuer_code
  XZQ division
  SPSXZQ issued_division
  FZRQ issued d8
  KSRQ valid_from d8
  JZRQ valid_to d8
  ZT status 1=01,0=05 name:有效
ecology.permit certificate/35/org/排污许可证/生态环境局 permitCode PW "无" - #rev@opTime:spaced maxwell
  = type_code 11100000MB1519023Y114
  = holder_code_type 001
  licenceNo number
  licence name
  ent holder_name
  entCode holder_code
  dept issuer_name
  region division
  issue issued d-
  from valid_from d-
  to valid_to d-
  status status 10=01,20=04,30=07 name:吊销
housing.qualification certificate/25/org/建筑业企业资质证书/住房和城乡建设局 zzid ZZ null zf=true/false @gxsj:spaced
  = type_code 11100000000148056M115
  = holder_code_type 001
  zsbh number
  zsmc name
  qy.mc holder_name
  qy.dm holder_code
  fzjg issuer_name
  dq division
  fzrq issued d/
  qsrq valid_from d/
  yxq valid_to d/
  dj grade 特级=0,一级=1,二级=2,三级=3
  fr legal_rep_name
  zt status 有效=01,撤销=03 name:注销
press.printing certificate/80/org/印刷经营许可证/新闻出版局 ysid YS "-" zt=0/1 @ts:epochS
  = type_code 11100000000148128E116
  = holder_code_type 001
  xkzh number
  mc name
  qymc holder_name
  dm holder_code
  jg issuer_name
  qh division
  rq issued d8
  qsrq valid_from d8
  dq valid_to d8
  nyrq checked d8
  state status 1=01,9=04 name:有效
radio.production certificate/150/org/广播电视节目制作经营许可证/广播电视局 id GD null del=true/false @updated:iso
  = type_code 11100000MB1519031R117
  = holder_code_type 001
  eid certificate_id
  no number
  name name
  company holder_name
  code holder_code
  issuer issuer_name
  area division
  issued issued d-
  qsrq valid_from d-
  expires valid_to d-
  status status 1=01,2=04 name:注销
grain.purchase certificate/100/org/粮食收购许可证/粮食和物资储备局 备案号 LS "无" 作废=是/否 @更新时间:digits14
  = type_code 11100000MB1519058H118
  = holder_code_type 001
  证号 number
  证名 name
  企业 holder_name
  信用代码 holder_code
  机关 issuer_name
  区划 division
  日期 issued d8
  起始日期 valid_from d8
  截止 valid_to d8
fire.inspection certificate/20/org/公众聚集场所消防安全检查合格证/消防救援支队 jcid XF null zt=-1/1 #bb@scsj:spaced
  = type_code 11100000MB1519066C119
  = holder_code_type 001
  hgzh number
  hgz name
  csmc holder_name
  csdm holder_code
  jgmc issuer_name
  jgdm issuer_code
  qhdm division
  jcsqh issued_division
  jcrq issued d-
  fzr legal_rep_name
  jg status 合格=01,撤销=03 name:有效
`

// sharesSmall declares certificates that companies issue to their shareholders. They are numbered behind all other small feeds, whose
// things are drawn by their number.
const sharesSmall = `
market.shareholder certificate/25/person/出资证明书/company gdid GD null zf=true/false @gxsj:spaced
  = type_code 11100000MB0284656H120
  = holder_code_type 111
  czbh number
  mc name
  gd.mc holder_name
  gd.zjh holder_code
  qy.mc issuer_name
  qy.dm issuer_code
  qh division
  rq issued d/
  zt status 有效=01,撤销=03,注销=04,吊销=05,失效=07
`
