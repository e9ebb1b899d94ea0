package demo

// authority is what the province's departments have agreed, as the generator knows it: per library and element the feeds that
// give the value, the first first; feeds joined by + stand in one rank (their cities are disjoint), an element after ! knows only
// its first rank. It is declared here and not read from the catalogue, so that the truth does not depend on what it judges; a
// test compares the two. Elements of one group follow the element named behind @.
//
//	element[@group][!] feed feed+feed ...
const authority = `
[person]
citizen_number police.person health.birth medins.insured hrss.insured education.student civil.marriage health.death civil.cremation immigration.document nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident police.household market.company
passport_number immigration.document hrss.insured
permit_number immigration.document
name police.person health.birth immigration.document civil.marriage medins.insured hrss.insured education.student nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident health.death civil.cremation market.company police.household
former_name! police.person
english_name immigration.document
sex police.person health.birth medins.insured hrss.insured education.student health.death
birth_date police.person health.birth medins.insured hrss.insured education.student
ethnic police.person education.student medins.insured hrss.insured
country immigration.document
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
division@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident police.person
residence_street@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident police.person
residence_address@residence nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident police.person
residence_permit nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident
residence_since nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident
residence_reason nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident
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
phone nanjing.resident+suzhou.resident+wuxi.resident+xuzhou.resident medins.insured hrss.insured education.student market.company
email hrss.insured
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
[organisation]
uscc market.company civil.organisation tax.taxpayer hrss.employer nanjing.enterprise+suzhou.enterprise
registration_number market.company nanjing.enterprise+suzhou.enterprise
taxpayer_number tax.taxpayer
organisation_code market.company hrss.employer
name market.company civil.organisation tax.taxpayer hrss.employer nanjing.enterprise+suzhou.enterprise
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
industry market.company tax.taxpayer
industry_class tax.taxpayer market.company
scope market.company civil.organisation
legal_rep_name market.company civil.organisation tax.taxpayer hrss.employer
legal_rep_number market.company
registrar market.company civil.organisation
term_from market.company
term_to market.company
division@domicile market.company civil.organisation
street@domicile market.company civil.organisation
address@domicile market.company civil.organisation
business_address nanjing.enterprise+suzhou.enterprise tax.taxpayer
phone nanjing.enterprise+suzhou.enterprise tax.taxpayer hrss.employer market.company
contact_name nanjing.enterprise+suzhou.enterprise
employees nanjing.enterprise+suzhou.enterprise hrss.employer
longitude nanjing.enterprise+suzhou.enterprise
latitude nanjing.enterprise+suzhou.enterprise
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
[certificate]
certificate_id data.certificate nanjing.certificate+suzhou.certificate
type_code market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
number market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
holder_name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
holder_code market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
holder_code_type market.licence police.driver transport.permit data.certificate
issuer_name market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
issuer_code data.certificate
division market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
issued market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
valid_from@validity market.licence police.driver transport.permit data.certificate
valid_to@validity market.licence police.driver transport.permit data.certificate
status market.licence police.driver transport.permit nanjing.certificate+suzhou.certificate data.certificate
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
business_scope market.licence transport.permit
legal_rep_name market.licence transport.permit
capital market.licence
vehicles transport.permit
[credit]
document_number market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
organ_code market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
organ_name market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
record_kind market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
document_name credit.licence credit.penalty
subject_name market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
subject_kind market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
subject_uscc market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
subject_regno credit.licence credit.penalty
subject_number market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
subject_number_kind credit.licence credit.penalty
legal_rep_name credit.licence credit.penalty
licence_kind credit.licence
licence_name credit.licence
licence_number credit.licence
content market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
decided market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
valid_from credit.licence
valid_to credit.licence credit.penalty
publish_until nanjing.penalty+suzhou.penalty credit.penalty
division market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
status market.penalty nanjing.penalty+suzhou.penalty credit.licence credit.penalty
penalty_kind market.penalty nanjing.penalty+suzhou.penalty credit.penalty
violation market.penalty nanjing.penalty+suzhou.penalty credit.penalty
facts market.penalty credit.penalty
basis market.penalty nanjing.penalty+suzhou.penalty credit.penalty
fine market.penalty nanjing.penalty+suzhou.penalty credit.penalty
confiscated market.penalty credit.penalty
severity nanjing.penalty+suzhou.penalty credit.penalty
repaired! credit.penalty
repair_date! credit.penalty
source_name credit.licence credit.penalty
source_code credit.licence credit.penalty
source_updated credit.licence credit.penalty
[place]
property_unit land.property
parcel_code land.parcel
building_code housing.building
address_code police.address nanjing.place+suzhou.place housing.building
kind land.property land.parcel housing.building police.address nanjing.place+suzhou.place land.boundary land.zone education.school
name housing.building police.address nanjing.place+suzhou.place land.parcel land.boundary land.zone education.school
division@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school
street@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school
address@address land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school
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
longitude@point nanjing.place+suzhou.place police.address land.parcel housing.building land.boundary land.zone education.school
latitude@point nanjing.place+suzhou.place police.address land.parcel housing.building land.boundary land.zone education.school
geometry land.parcel land.boundary land.zone
postcode nanjing.place+suzhou.place police.address
urban police.address nanjing.place+suzhou.place
status land.property land.parcel nanjing.place+suzhou.place police.address housing.building land.boundary land.zone education.school
`
