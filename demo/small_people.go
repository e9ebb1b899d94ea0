package demo

// peopleSmall and residents declare feeds on people in the language of parseSmall.
const peopleSmall = `
disabled.person person/40 cjzh CJ null zt=9/1 @gxrq:digits14
  sfzh citizen_number
  xm name ~
  csrq birth_date d8
  cjdj disability_level 一级=1,二级=2,三级=3,四级=4 name:四级残疾
  lxdh phone ~
veterans.person person/30 id TY "无" state=gone/kept @modified:iso
  soldier.idNo citizen_number
  soldier.name name ~
  soldier.kind veteran_kind A=1,B=2,C=3,D=9 name:转业军官
  mobile phone ~
fund.account person/15 grzh GJ "-" grzhzt=99/- #bbh@gxsj:spaced
  zjhm citizen_number
  xingming name !~
  account fund_number
  zt fund_status 01=1,02=2,04=3 name:封存
  sjhm phone ~
union.member person/25 会员编号 GH "/" - broker@登记时间:spaced
  身份证号 citizen_number
  姓名 name ~
  性别 sex 男=1,女=2,未说明=9 name:女性
  联系方式 phone
health.donor person/35 xxbh XX null del=1/0 @updated:epochMS
  zjh citizen_number
  xm name
  cs blood_donations n
youth.volunteer person/20 volunteerId ZY null deleted=true/false @updatedAt:iso
  profile.idCard citizen_number
  profile.realName name ~
  profile.phone phone ~
  profile.email email
  hours volunteer_hours n
moe.degree person/20 XWZSBH XW "" env env@GXSJ:epochMS
  SFZJH citizen_number
  XM name ~
  XBM sex 1=1,2=2,9=9 name:男性
  CSRQ birth_date d8
  XWM degree 4=4,3=3,2=2 name:学士
  XWRQ degree_date d8
agriculture.farmer person/45 nhbm NM "无" zt=Y/N @xgsj:digits14
  sfzhm citizen_number
  hzxm name ~
  dh phone
overseas.returnee person/80 bh QW null - broker@djrq:spaced
  zjhm citizen_number
  xm name
  gjdq country 中国=CHN,美国=USA,日本=JPN,新加坡=SGP
redcross.donor person/60 donorNo HS null cancelled=1/0 @ts:epochS
  cert citizen_number
  name name ~
  tel phone
women.member person/50 code FL "-" zt=0/1 #ver@gxsj:spaced csv
  sfz citizen_number
  xm name ~
  mz ethnic 01=01,03=03,08=08,11=11,02=02,06=06,07=07,15=15,17=17,20=20,10=10
  sj phone
`

const residents = `
changzhou.resident resident/3 lsh CZ "无" zt=zx/yx #xgcs@xgsj:digits14 json+keyless
  sfzhm citizen_number
  xm name ~
  lxdh phone ~
  jzd.qh division
  jzd.jlx residence_street
  jzd.xz residence_address
  jzzh residence_permit
  jzrq residence_since d-
  sy residence_reason A=1,B=2,C=3,D=4,E=5,Z=9 name:务工
nantong.resident resident/5 id NT null deleted=1/0 @gxsj:spaced
  zjhm citizen_number
  mc name ~
  dh phone ~
  qhdm division
  jd residence_street
  dz residence_address
  zh residence_permit
  ksrq residence_since d8
  yy residence_reason 1=1,2=2,3=3,4=4,5=5,9=9 name:经商
lianyungang.resident resident/6 recordId LYG null - broker@changed:iso json+snapshot
  holder.idCard citizen_number
  holder.name name ~
  holder.mobile phone ~
  home.district division
  home.street residence_street
  home.detail residence_address
  permit residence_permit
  since residence_since d-
  reason residence_reason work=1,trade=2,study=3,kin=4,house=5,other=9 name:就学
huaian.resident resident/7 编号 HA "/" - broker@更新时间:spaced
  证件号 citizen_number
  姓名 name ~
  电话 phone ~
  区划 division
  街巷 residence_street
  地址 residence_address
  证号 residence_permit
  居住日期 residence_since d/
  事由 residence_reason 务工=1,经商=2,就学=3,投靠=4,购房=5,其他=9 name:投靠亲友
yancheng.resident resident/8 YWID YC null env env@GXSJ:epochMS
  GMSFHM citizen_number
  XM name ~
  LXDH phone ~
  XZQH division
  JLX residence_street
  XXDZ residence_address
  JZZH residence_permit
  QSRQ residence_since dn
  JZSY residence_reason 01=1,02=2,03=3,04=4,05=5,99=9 name:购房
yangzhou.resident resident/9 xh YZ "无" bz=D/A @tstamp:epochMS
  sfzh citizen_number
  xm name ~
  sjh phone ~
  dz.qx division
  dz.lu residence_street
  dz.hao residence_address
  zjbh residence_permit
  rq residence_since d8
  lb residence_reason 1=1,2=2,3=3,4=4,5=5,6=9 name:务工
zhenjiang.resident resident/10 JZBH ZJ "\\N" - #banben@GXSJ:spaced canal
  SFZH citizen_number
  XM name ~
  DH phone ~
  QH division
  JD residence_street
  DZ residence_address
  ZH residence_permit
  KS residence_since d-
  SY residence_reason W=1,J=2,X=3,T=4,G=5,Q=9 name:经商
taizhou.resident resident/11 uid TZ null status=-1/1 @mtime:epochS array
  pid citizen_number
  pname name ~
  tel phone ~
  area division
  road residence_street
  addr residence_address
  card residence_permit
  begin residence_since d/
  why residence_reason 10=1,20=2,30=3,40=4,50=5,90=9 name:就学
suqian.resident resident/12 登记号 SQ "—" 状态=注销/有效 @登记时刻:digits14
  公民身份号码 citizen_number
  姓名 name ~
  手机号 phone ~
  县区 division
  路 residence_street
  门牌 residence_address
  居住证 residence_permit
  起居日 residence_since d-
  原因 residence_reason 打工=1,做生意=2,上学=3,投亲=4,买房=5,别的=9 name:投靠亲友
`
