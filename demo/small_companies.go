package demo

// companiesSmall declares feeds on legal entities in the language of parseSmall.
const companiesSmall = `
ip.holding org/6 id ZC null state=0/1 @updated:iso
  owner.uscc uscc
  owner.name name ~
  trademarks trademark_count n
  patents patent_count n
science.hightech org/9 zsbh GX "无" zt=CX/YX @gxsj:spaced
  tyshxydm uscc
  qymc name ~
  sfgq high_tech 是=true,否=false
  yxqz high_tech_until d-
industry.scale org/5 qybm GM "-" zf=1/0 #bbh@rksj:digits14
  shxydm uscc
  mc name ~
  gm industry_scale 大=1,中=2,小=3,微=4 name:小型企业
  rs employees n
customs.enterprise org/10 regCode HG null void=Y/N @lastMod:epochMS
  socialCode uscc
  companyName name ~
  customsNo customs_code
  creditLevel customs_level AEO=1,CRED=2,BAD=3 name:注册登记和备案企业
commerce.trader org/12 bah SW "无" sc=1/0 @bgsj:spaced
  xydm uscc
  zwmc name ~
  barq export_since d-
  lxdh phone ~
ecology.polluter org/11 pwdwid HB null env env@UPD_TIME:epochMS
  CREDIT_CODE uscc
  ENT_NAME name ~
  PERMIT_NO pollution_permit
  CREDIT_LEVEL env_credit G=1,B=2,Y=3,R=4,K=5 name:蓝色
fund.employer org/8 dwzh DW "" - #xh@czsj:spaced canal
  tyxydm uscc
  dwmc name !~
  dwjczh fund_number
  jcrs fund_people n
  dwdh phone
union.organisation org/15 组织编码 GZ "/" - broker@建档时间:spaced
  信用代码 uscc
  单位名称 name ~
  建会日期 union_since d/
csrc.listed org/60 secId SC null delisted=true/false @asOf:iso
  issuer.creditCode uscc
  issuer.fullName name
  code listed_code
emergency.safety org/14 bzhbh AQ "无" zt=2/1 @gxsj:epochS
  tydm uscc
  dwmc name ~
  dj safety_level 一级=1,二级=2,三级=3 name:三级标准化
  fzr legal_rep_name ~
health.institution org/25 djh YL null zx=true/false @modifyTime:spaced
  uscc uscc
  orgName name ~
  medCode medical_code
  tel phone
education.institution org/30 xxid XX "无" zt=CB/ZC @gxsj:digits14
  xydm uscc
  xxmc name ~
  xxbsm school_code
sasac.enterprise org/40 qyid GZW null del=1/0 @etl:epochMS
  code uscc
  name name ~
  soe state_owned Y=true,N=false
pbc.account org/7 xkzh ZH "-" zhzt=XH/ZC #seq@khrq:spaced
  tyshxydm uscc
  ckrmc name ~
  khh account_bank
statistics.unit org/5 普查码 TJ "" 注销=是/否 @更新:spaced csv+gb18030
  统一代码 uscc
  单位名称 name ~
  行业 industry
  从业人员 employees n
federation.member org/18 hyid GS null gone=1/0 @t:epochUS csv+bom
  cc uscc
  cn name ~
  ph phone
wuxi.enterprise enterprise/1 qyid WE "/" zt=D/A #bb@gxsj:spaced
  xydm uscc
  zch registration_number
  qymc name ~
  jydz business_address
  dh phone
  lxr contact_name
  rs employees n
  zb.jd longitude u
  zb.wd latitude u
nantong.enterprise enterprise/5 entId TE null removed=true/false @syncAt:iso
  creditCode uscc
  regNo registration_number
  entName name ~
  place business_address
  phone phone
  contact contact_name
  people employees n
  geo.lng longitude u
  geo.lat latitude u
`
