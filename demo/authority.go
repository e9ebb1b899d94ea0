package demo

// authority is what the province's departments have agreed, as the generator knows it: per library and element the feeds that
// give the value, the first first; feeds joined by + stand in one rank (their cities are disjoint), an element after ! knows only
// its first rank. It is declared here and not read from the catalogue, so that the truth does not depend on what it judges; a
// test compares the two. Elements of one group follow the element named behind @.
//
//	element[@group][!] feed feed+feed ...
const authority = `
[person]
citizen_number police.person health.birth medins.insured hrss.insured education.student civil.marriage health.death civil.cremation immigration.document nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident police.household market.company disabled.person veterans.person fund.account union.member health.donor youth.volunteer moe.degree agriculture.farmer overseas.returnee redcross.donor women.member
passport_number immigration.document hrss.insured
permit_number immigration.document
name police.person health.birth immigration.document civil.marriage medins.insured hrss.insured education.student nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident health.death civil.cremation market.company police.household disabled.person veterans.person fund.account union.member health.donor youth.volunteer moe.degree agriculture.farmer overseas.returnee redcross.donor women.member
former_name! police.person
english_name immigration.document
sex police.person health.birth medins.insured hrss.insured education.student health.death union.member moe.degree
birth_date police.person health.birth medins.insured hrss.insured education.student disabled.person moe.degree
ethnic police.person education.student medins.insured hrss.insured women.member
country immigration.document overseas.returnee
native_place police.person
birthplace police.person
hukou_type police.person
hukou_number police.household police.person
household_relation police.household police.person
household_head police.household
hukou_division@hukou! police.person
hukou_street@hukou! police.person
hukou_address@hukou! police.person
hukou_date police.person
division@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident police.person
residence_street@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident police.person
residence_address@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident police.person
residence_permit nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident
residence_since nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident
residence_reason nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident
person_status police.person
marital_status civil.marriage police.person hrss.insured
marriage_date civil.marriage
marriage_number civil.marriage
spouse_name civil.marriage
spouse_number civil.marriage
birth_certificate health.birth
birth_weight health.birth
birth_hospital health.birth
mother_name health.birth
father_name health.birth
death_date health.death civil.cremation police.person
death_cause health.death
death_certificate health.death
cremation_date civil.cremation
height police.person
blood_type police.person
political hrss.insured
employment hrss.insured
education education.student hrss.insured
school_name education.student
student_number education.student
enrol_date education.student
phone nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident+changzhou.resident+nantong.resident+lianyungang.resident+huaian.resident+yancheng.resident+yangzhou.resident+zhenjiang.resident+taizhou.resident+suqian.resident medins.insured hrss.insured education.student market.company disabled.person veterans.person fund.account union.member youth.volunteer agriculture.farmer redcross.donor women.member
email hrss.insured youth.volunteer
insurance_number hrss.insured
insured_status hrss.insured
insured_since hrss.insured
insured_base hrss.insured
insured_months hrss.insured
employer_code hrss.insured
employer_name hrss.insured
medical_number medins.insured
medical_kind medins.insured
medical_status medins.insured
medical_since medins.insured
medical_balance medins.insured
passport_expires immigration.document
disability_level disabled.person
veteran_kind veterans.person
fund_number fund.account
fund_status fund.account
degree moe.degree
degree_date moe.degree
blood_donations health.donor
volunteer_hours youth.volunteer
[organisation]
uscc market.company civil.organisation tax.taxpayer hrss.employer nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise ip.holding science.hightech industry.scale customs.enterprise commerce.trader ecology.polluter fund.employer union.organisation csrc.listed emergency.safety health.institution education.institution sasac.enterprise pbc.account statistics.unit federation.member
registration_number market.company nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise
taxpayer_number tax.taxpayer
organisation_code market.company hrss.employer
name market.company civil.organisation tax.taxpayer hrss.employer nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise ip.holding science.hightech industry.scale customs.enterprise commerce.trader ecology.polluter fund.employer union.organisation csrc.listed emergency.safety health.institution education.institution sasac.enterprise pbc.account statistics.unit federation.member
english_name market.company
former_name market.company
kind market.company civil.organisation
company_type market.company
status market.company civil.organisation
established market.company civil.organisation tax.taxpayer
approved market.company
registered_capital! market.company
paid_capital market.company
currency market.company
industry market.company tax.taxpayer statistics.unit
industry_class tax.taxpayer market.company
scope market.company civil.organisation
legal_rep_name market.company civil.organisation tax.taxpayer hrss.employer emergency.safety
legal_rep_number market.company
registrar market.company civil.organisation
term_from market.company
term_to market.company
division@domicile market.company civil.organisation
street@domicile market.company civil.organisation
address@domicile market.company civil.organisation
business_address nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise tax.taxpayer
phone nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise tax.taxpayer hrss.employer market.company commerce.trader fund.employer health.institution federation.member
contact_name nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise
employees nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise hrss.employer industry.scale statistics.unit
longitude nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise
latitude nanjing.enterprise+suzhou.enterprise+wuxi.enterprise+nantong.enterprise
taxpayer_kind tax.taxpayer
tax_registered tax.taxpayer
tax_status tax.taxpayer
tax_level tax.taxpayer
tax_authority tax.taxpayer
insured_number hrss.employer
insured_people hrss.employer
insured_status hrss.employer
revoked market.company
cancelled market.company
report_year market.company
supervisor civil.organisation
trademark_count ip.holding
patent_count ip.holding
high_tech science.hightech
high_tech_until science.hightech
industry_scale industry.scale
customs_code customs.enterprise
customs_level customs.enterprise
export_since commerce.trader
pollution_permit ecology.polluter
env_credit ecology.polluter
fund_number fund.employer
fund_people fund.employer
union_since union.organisation
listed_code csrc.listed
safety_level emergency.safety
medical_code health.institution
school_code education.institution
state_owned sasac.enterprise
account_bank pbc.account
[certificate]
certificate_id data.certificate nanjing.certificate+suzhou.certificate health.doctor justice.lawyer culture.guide drugs.shop radio.production
type_code market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
number market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
holder_name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
holder_code market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
holder_code_type market.licence police.driver transport.permit data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
issuer_name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
issuer_code data.certificate health.doctor justice.lawyer drugs.shop water.intake fire.inspection market.shareholder
division market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
issued market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase fire.inspection market.shareholder
valid_from@validity market.licence police.driver transport.permit data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase
valid_to@validity market.licence police.driver transport.permit data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide maritime.crew fishery.vessel drugs.shop health.hygiene culture.venue water.intake ecology.permit housing.qualification press.printing radio.production grain.purchase
status market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate education.teacher health.doctor health.nurse justice.lawyer housing.engineer emergency.operator culture.guide hrss.skill maritime.crew fishery.vessel drugs.shop health.hygiene water.intake ecology.permit housing.qualification press.printing radio.production fire.inspection market.shareholder
trust_level nanjing.certificate+suzhou.certificate data.certificate
version data.certificate
source_id! data.certificate
signed_by nanjing.certificate+suzhou.certificate data.certificate
signed_at nanjing.certificate+suzhou.certificate data.certificate
file_digest nanjing.certificate+suzhou.certificate
revoked market.licence police.driver transport.permit
vehicle_classes police.driver
first_issued police.driver
penalty_points police.driver
business_scope market.licence transport.permit drugs.shop health.hygiene culture.venue
legal_rep_name market.licence transport.permit drugs.shop health.hygiene culture.venue housing.qualification fire.inspection
capital market.licence
vehicles transport.permit
issued_division education.teacher health.doctor justice.lawyer emergency.operator drugs.shop water.intake fire.inspection
grade education.teacher health.doctor housing.engineer hrss.skill maritime.crew housing.qualification
specialty education.teacher health.doctor housing.engineer emergency.operator culture.guide hrss.skill
practice_at health.doctor health.nurse justice.lawyer housing.engineer
checked justice.lawyer emergency.operator fishery.vessel press.printing
[credit]
document_number market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
organ_code market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
organ_name market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
record_kind market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
document_name credit.licence credit.penalty
subject_name market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
subject_kind market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty transport.penalty culture.penalty youth.honour services.commitment
subject_uscc market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty trading.rating services.commitment housing.rating
subject_regno credit.licence credit.penalty
subject_number market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest ecology.penalty transport.penalty youth.honour services.commitment
subject_number_kind credit.licence credit.penalty
legal_rep_name credit.licence credit.penalty
licence_kind credit.licence
licence_name credit.licence
licence_number credit.licence
content market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
decided market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
valid_from credit.licence
valid_to credit.licence credit.penalty trading.rating
publish_until nanjing.penalty+suzhou.penalty credit.penalty ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty
division market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest tax.arrears hrss.wage ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty youth.honour trading.rating services.commitment housing.rating
status market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty court.dishonest ecology.penalty
penalty_kind market.penalty nanjing.penalty+suzhou.penalty credit.penalty ecology.penalty
violation market.penalty nanjing.penalty+suzhou.penalty credit.penalty ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty
facts market.penalty credit.penalty
basis market.penalty nanjing.penalty+suzhou.penalty credit.penalty court.dishonest ecology.penalty emergency.penalty transport.penalty drugs.penalty
fine market.penalty nanjing.penalty+suzhou.penalty credit.penalty ecology.penalty emergency.penalty transport.penalty drugs.penalty culture.penalty
confiscated market.penalty credit.penalty
severity nanjing.penalty+suzhou.penalty credit.penalty transport.penalty
repaired! credit.penalty
repair_date! credit.penalty
source_name credit.licence credit.penalty
source_code credit.licence credit.penalty
source_updated credit.licence credit.penalty
duty court.dishonest
performance court.dishonest
amount_due court.dishonest tax.arrears hrss.wage
period_from tax.arrears
period_to tax.arrears
list_name hrss.wage
list_kind hrss.wage
listed hrss.wage
delisted hrss.wage
rating trading.rating housing.rating
rating_year trading.rating housing.rating
honour youth.honour
commitment services.commitment
commitment_kept services.commitment
complaint_kind ecology.penalty
repair_organ transport.penalty
[place]
property_unit land.property
parcel_code land.parcel
building_code housing.building
address_code police.address nanjing.place+suzhou.place housing.building
kind land.property land.parcel housing.building police.address nanjing.place+suzhou.place land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
name housing.building police.address nanjing.place+suzhou.place land.parcel land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
division@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
street@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
address@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
in_parcel land.property housing.building
in_building police.address land.property
land_use land.parcel land.zone
land_right land.parcel
land_area land.parcel
floor_area land.property housing.building
floors housing.building police.address
floors_below housing.building
height housing.building
structure housing.building land.property
building_use land.property housing.building
built_year housing.building land.property
households police.address housing.building
right_kind land.property
certificate_number land.property
holder_name land.property
holder_number land.property
registered land.property
right_to land.property land.parcel
longitude@point nanjing.place+suzhou.place police.address land.parcel housing.building land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging civil.home weather.station fishery.port transport.carpark
latitude@point nanjing.place+suzhou.place police.address land.parcel housing.building land.boundary land.zone education.school transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging civil.home weather.station fishery.port transport.carpark
geometry land.parcel land.boundary land.zone
postcode nanjing.place+suzhou.place police.address post.office
urban police.address nanjing.place+suzhou.place
status land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school
facility_code transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
facility_kind transport.stop housing.parking culture.scenic relics.site water.reservoir forestry.park sports.venue education.campus emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office fishery.port civildefence.shelter transport.carpark
grade culture.scenic civil.home
capacity transport.stop housing.parking water.reservoir sports.venue education.campus emergency.shelter energy.charging civil.home fishery.port civildefence.shelter transport.carpark
manager_name housing.parking culture.scenic relics.site water.reservoir sports.venue education.campus energy.charging ethnic.temple civil.home civildefence.shelter
manager_uscc housing.parking culture.scenic water.reservoir sports.venue education.campus energy.charging civil.home civildefence.shelter
opened transport.stop culture.scenic relics.site water.reservoir forestry.park emergency.shelter energy.charging ethnic.temple civil.home weather.station post.office civildefence.shelter
protection_level relics.site forestry.park fishery.port
service_phone housing.parking sports.venue emergency.shelter
opening_hours housing.parking culture.scenic post.office transport.carpark
`
