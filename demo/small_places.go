package demo

// placesSmall declares feeds of facilities in the language of parseSmall.
const placesSmall = `
transport.stop place/200/A/公交站 stopId GJ null removed=true/false @updated:iso
  = kind 20
  = facility_kind 01
  code facility_code
  name name
  area division
  road street
  at address
  lon longitude u
  lat latitude u
  lines capacity n
  opened opened d-
housing.parking place/250/B/停车场 tccbh TC "无" zt=TY/ZY @gxsj:spaced
  = kind 20
  = facility_kind 02
  bm facility_code
  mc name
  qx division
  lu street
  dz address
  zb.jd longitude u
  zb.wd latitude u
  bws capacity n
  dw manager_name
  dwdm manager_uscc
  dh service_phone
  sj opening_hours
culture.scenic place/900/C/风景区 id JQ null void=1/0 @mtime:epochMS
  = kind 20
  = facility_kind 03
  scenicCode facility_code
  scenicName name
  district division
  street street
  address address
  lng longitude u
  lat latitude u
  level grade 5A=5,4A=4,3A=3,2A=2
  unit.name manager_name
  unit.code manager_uscc
  openDate opened d-
  hours opening_hours
relics.site place/700/D/遗址 WWID WW null env env@GXSJ:epochMS sqlserver
  = kind 20
  = facility_kind 04
  WWBM facility_code
  MC name
  XZQH division
  JLX street
  DZ address
  JD longitude u
  WD latitude u
  BHJB protection_level 国保=1,省保=2,市保=3,县保=4 name:省级
  GBRQ opened dn
  GLDW manager_name
water.reservoir place/1200/E/水库 skid SK "-" bf=1/0 #bb@gxrq:digits14
  = kind 20
  = facility_kind 05
  skbm facility_code
  skmc name
  szqh division
  jlx street
  wz address
  jd longitude u
  wd latitude u
  zkr capacity n
  jcrq opened d8
  gldw manager_name
  gldm manager_uscc
forestry.park place/1500/F/森林公园 编号 LY "/" - broker@时间:spaced csv+snapshot
  = kind 20
  = facility_kind 06
  公园代码 facility_code
  公园名称 name
  县区 division
  街路 street
  位置 address
  经度 longitude u
  纬度 latitude u
  级别 protection_level 国家=1,省=2,市=3
  设立日期 opened d/
sports.venue place/500/G/体育馆 venueId TY null closed=true/false @syncTime:epochS
  = kind 20
  = facility_kind 07
  venueCode facility_code
  title name
  region division
  street street
  addr address
  lon longitude u
  lat latitude u
  seats capacity n
  owner.name manager_name
  owner.uscc manager_uscc
  phone service_phone
education.campus place/600/H/校区 xqid XQ null sc=1/0 @gxsj:spaced
  = kind 20
  = facility_kind 08
  xqbm facility_code
  xqmc name
  qh division
  jd street
  dz address
  wz.x longitude u
  wz.y latitude u
  xs capacity n
  xydm manager_uscc
  xxmc manager_name
emergency.shelter place/650/I/应急避难场所 bncsid YJ "无" zt=9/1 @gxsj:digits14
  = kind 20
  = facility_kind 09
  csbm facility_code
  csmc name
  xzqh division
  jlx street
  xxdz address
  jd longitude u
  wd latitude u
  rl capacity n
  qyrq opened d8
  lxdh service_phone
energy.charging place/300/J/充电站 stationId CD null offline=1/0 @eventTime:epochMS cloudevents
  = kind 20
  = facility_kind 10
  stationCode facility_code
  stationName name
  areaCode division
  street street
  address address
  lng longitude u
  lat latitude u
  guns capacity n
  operator.name manager_name
  operator.id manager_uscc
  since opened d-
ethnic.temple place/1400/K/寺 csdjh ZJ "-" zx=1/0 @djsj:spaced
  = kind 20
  = facility_kind 11
  csdm facility_code
  csmc name
  qhdm division
  jlx street
  dz address
  fzjg manager_name
  djrq opened d/
civil.home place/550/L/养老院 homeId YL null deleted=true/false @updatedAt:iso
  = kind 20
  = facility_kind 12
  homeCode facility_code
  homeName name
  district division
  street street
  address address
  lon longitude u
  lat latitude u
  beds capacity n
  stars grade 五星=5,四星=4,三星=3,二星=2,一星=1
  org.name manager_name
  org.code manager_uscc
  opened opened d-
weather.station place/1800/M/气象站 zdid QX null stop=1/0 #ver@obs:epochMS
  = kind 20
  = facility_kind 13
  zh facility_code
  zm name
  adcode division
  jlx street
  dz address
  lon longitude u
  lat latitude u
  jzrq opened d8
post.office place/800/N/邮政所 网点编码 YZ "无" 撤销=1/0 @更新:spaced csv+gb18030
  = kind 20
  = facility_kind 14
  代码 facility_code
  名称 name
  区划 division
  街路 street
  地址 address
  邮编 postcode
  营业时间 opening_hours
  开业日期 opened d-
fishery.port place/2000/P/渔港 portId YG null del=1/0 @ts:epochS
  = kind 20
  = facility_kind 15
  portCode facility_code
  portName name
  area division
  jlx street
  dz address
  lon longitude u
  lat latitude u
  berths capacity n
  level protection_level 1=1,2=2,3=3 name:国家级
civildefence.shelter place/1000/Q/人防工程 gcid RF "/" zt=BF/ZY @rksj:spaced
  = kind 20
  = facility_kind 16
  gcbm facility_code
  gcmc name
  xzqh division
  jlx street
  dz address
  mj capacity n
  jgrq opened d-
  whdw manager_name
  whdm manager_uscc
transport.carpark place/150/R/停车场 poiId PK null closed=true/false @crawledAt:iso
  = kind 21
  = facility_kind 02
  poi facility_code
  title name
  adcode division
  road street
  address address
  location.lng longitude u
  location.lat latitude u
  spaces capacity n
  hours opening_hours
`
