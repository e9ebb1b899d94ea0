package entity_test

import (
	"fmt"

	"wuku/entity"
)

func ExampleNormalise() {
	for _, raw := range []string{"　１１０１０５１９４９１２３１００２ｘ ", "110105491231002", "110105194912310021", "110105********002X"} {
		number, fault := entity.Normalise(entity.SchemeCitizen, nil, []byte(raw))
		if fault != nil {
			fmt.Println(fault.Code, "-", fault.In("SFZH"))
			continue
		}
		days, _ := entity.BirthDate(number)
		fmt.Printf("%s born on day %d, sex %c\n", number, days, entity.Sex(number))
	}
	// Output:
	// 11010519491231002X born on day -7306, sex 2
	// 11010519491231002X born on day -7306, sex 2
	// citizen.check - SFZH: citizen number does not fit its check character: it was mistyped (ask the department that holds the record for the true number)
	// citizen.masked - SFZH: citizen number is masked (ask for the unmasked number: a masked one cannot be checked or matched)
}

func ExampleDivisionTable_Successors() {
	t := entity.Divisions()
	fmt.Println(t.Name("320586", 1998), t.Successors("320586", 1998, 2024))
	fmt.Println(t.Name("320803", 2005), t.Name("320803", 2020))
	// Output:
	// 江苏省苏州市吴县市 [320506 320507]
	// 江苏省淮安市楚州区 江苏省淮安市淮安区
}
