package demo

// creditsSmall declares feeds of credit records in the language of parseSmall.
const creditsSmall = `
court.dishonest decision/60/执/人民法院 id SX null shielded=1/0 @publishTime:iso
  = record_kind 3
  caseCode document_number !
  court.code organ_code
  court.name organ_name
  iname subject_name !
  partyType subject_kind 0=01,1=02 name:自然人
  cardNum subject_number
  orgCode subject_uscc
  area division
  regDate decided d-
  duty duty
  performance performance 0=0,1=1,2=2 name:全部未履行
  amount amount_due m
  gist basis
  state status 0=0,1=1 name:正常
tax.arrears decision/70/欠税公告/税务局 ggxh QS "无" yxbz=N/Y #bbxh@lrrq:spaced
  = record_kind 4
  gghh document_number
  swjgdm organ_code
  swjgmc organ_name
  nsrmc subject_name !
  nsrsbh subject_uscc
  lx subject_kind 自然人=01,企业=02 name:法人
  qh division
  ggrq decided d-
  qjje amount_due m
  ssqq period_from d-
  ssqz period_to d-
hrss.wage decision/120/欠薪/人力资源和社会保障局 AAZ800 QX "-" AAE100=0/1 @AAE036:spaced
  = record_kind 5
  AHF001 document_number
  AHF002 organ_code
  AHF003 organ_name
  AAB004 subject_name !
  AAB003 subject_uscc
  AHF004 subject_kind 1=01,2=02
  AAB301 division
  AHF005 decided d8
  AHF006 listed d8
  AHF007 delisted d8
  AHF008 list_name
  AHF009 list_kind 黑=1,重点=2,红=3 name:失信名单
  AHF010 amount_due m
ecology.penalty decision/80/环罚/生态环境局 AJBH HF null env env@GXSJ:epochMS mysql+schema
  = record_kind 2
  WSH document_number
  JGDM organ_code
  JGMC organ_name
  DSRMC subject_name
  DSRDM subject_uscc
  DSRZJ subject_number
  DSRLB subject_kind 1=01,2=02 name:法人
  QHDM division
  JDRQ decided dn
  WFXW violation
  CFYJ basis
  FKJE fine mw
  GSQX publish_until dn
  CFLB penalty_kind 03=3,04=4,05=5 name:罚款
  ZT status 0=0,3=3 name:信用修复
  YYZT complaint_kind 00=0,10=1,30=3 name:异议成立
emergency.penalty decision/110/应急罚/应急管理局 案件编号 YJ "/" - broker@填报时间:spaced
  = record_kind 2
  文号 document_number
  机关代码 organ_code
  机关 organ_name
  当事人 subject_name
  信用代码 subject_uscc
  区划 division
  决定日期 decided d/
  违法行为 violation
  依据 basis
  罚款万元 fine mw
  公示截止 publish_until d/
transport.penalty decision/50/交罚/交通运输局 caseId JT null removed=true/false @modified:epochMS
  = record_kind 2
  docNo document_number
  organ.id organ_code
  organ.name organ_name
  party.name subject_name
  party.uscc subject_uscc
  party.idCard subject_number
  party.type subject_kind P=01,E=02
  area division
  decideDate decided d-
  act violation
  law basis
  fine fine m
  publishTo publish_until d-
  repairOrgan repair_organ
  severity severity low=1,mid=2,high=3 name:严重
drugs.penalty decision/140/药罚/市场监督管理局 cfid YF "无" sc=1/0 #bb@gxsj:digits14
  = record_kind 2
  wh document_number
  jgdm organ_code
  jgmc organ_name
  xdr subject_name
  xydm subject_uscc
  qh division
  rq decided d8
  xw violation
  yj basis
  je fine m
  jzrq publish_until d8
culture.penalty decision/150/文罚/文化市场综合执法支队 pid WF null void=1/0 @t:epochS
  = record_kind 2
  number document_number
  orgCode organ_code
  orgName organ_name
  target subject_name
  targetCode subject_uscc
  targetType subject_kind 自然人=01,法人=02
  district division
  date decided d/
  violation violation
  fine fine m
  until publish_until d/
youth.honour decision/100/团表彰/共青团委员会 honourId RY null cancelled=true/false @updated:iso
  = record_kind 7
  docNo document_number
  organ organ_code
  organName organ_name
  name subject_name
  idNo subject_number
  kind subject_kind 个人=01,集体=02 name:自然人
  area division
  awarded decided d-
  honour honour
trading.rating decision/90/交易评价/公共资源交易中心 pjbh PJ "-" zt=0/1 @gxsj:spaced
  = record_kind 6
  pjwh document_number
  jgdm organ_code
  jgmc organ_name
  ztmc subject_name
  ztdm subject_uscc
  qh division
  pjrq decided d-
  dj rating
  nd rating_year n
  yxq valid_to d-
services.commitment decision/45/信用承诺/行政审批局 cnid CN null deleted=1/0 @ctime:epochMS cloudevents+binary
  = record_kind 8
  no document_number
  deptCode organ_code
  dept organ_name
  who subject_name
  uscc subject_uscc
  person subject_number
  type subject_kind 1=01,2=02 name:法人
  region division
  day decided d8
  matter commitment
  kept commitment_kept 是=true,否=false
housing.rating decision/75/建筑评价/住房和城乡建设局 记录号 ZP "无" 失效=1/0 #版本@时间:spaced
  = record_kind 6
  评价文号 document_number
  机构代码 organ_code
  机构 organ_name
  企业 subject_name
  统一代码 subject_uscc
  地区 division
  评价日期 decided d-
  等级 rating
  年度 rating_year n
`
