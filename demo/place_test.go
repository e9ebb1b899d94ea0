package demo

import "testing"

// TestBuildingsSuitTheirParcels: few buildings are used against what their land is for, and some are.
func TestBuildingsSuitTheirParcels(t *testing.T) {
	p, err := New(Config{Seed: 1, People: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	against, all := 0, 0
	for i := range 7 * p.parcels {
		var parcel, unit place
		p.loadParcel(i%p.parcels, &parcel)
		p.loadUnit(i, &unit)
		use, land := buildingUses[unit.use], landUses[parcel.landUse()]
		if all++; use == "10" && land == "0601" || use == "20" && land[:2] == "07" {
			against++
		}
	}
	if against == 0 || against*100 > all {
		t.Errorf("%d of %d buildings are used against their parcel's land use", against, all)
	}
}
