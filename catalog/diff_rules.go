package catalog

// ruleVerdicts judges quality rules: they change findings and work orders, never what is sent, stored or answered.
func ruleVerdicts() map[string]verdict {
	v := map[string]verdict{
		"packs":       {added: ok("its rules are looked at from now on"), removed: ok("what its rules found closes"), changed: ok("")},
		"packs.rules": {added: ok("it is looked at from now on: rehearse it first"), removed: ok("what it found closes"), changed: ok("")},
	}
	for _, key := range []string{"when", "must", "over", "feeds", "with", "with.as", "with.is", "disabled"} {
		v["packs.rules."+key] = same(ok("the rule finds other records: rehearse it first"))
	}
	v["packs.disabled"] = same(ok("all its rules are looked at, or no more"))
	for _, key := range []string{"pack", "family", "rules.rule", "rules.hint", "rules.measure", "rules.severity", "rules.assign", "rules.examples"} {
		v["packs."+key] = same(ok("findings are counted, worded or assigned differently"))
	}
	v["warnings"] = verdict{added: ok("it is watched for from now on"), removed: ok("what it warned of is withdrawn"), changed: ok("")}
	for _, key := range []string{"with", "with.as", "with.is", "when", "count", "count.by", "count.left", "count.cell", "count.inside", "count.least", "count.of", "count.days", "count.times", "area", "disabled"} {
		v["warnings."+key] = same(ok("it warns of others"))
	}
	for _, key := range []string{"warning", "hint", "level", "audience", "expires", "examples"} {
		v["warnings."+key] = same(ok("it is told otherwise, or to others"))
	}
	v["governance.board"] = same(ok("somebody else decides disputes from now on"))
	for _, key := range []string{"holidays", "workdays", "clocks", "clocks.clock", "clocks.days", "clocks.unit", "clocks.basis"} {
		v["governance."+key] = same(ok("terms that begin from now on end on other days"))
	}
	for _, key := range []string{"weights", "weights.indicator", "weights.weight"} {
		v["governance."+key] = same(ok("the index of later periods is weighed differently; published ones stay"))
	}
	v["governance.inspections"] = same(ok("everything is looked at at other times"))
	for _, key := range []string{"plan", "zh", "libraries", "every", "on", "at"} {
		v["governance.inspections."+key] = same(ok("everything is looked at at other times"))
	}
	v["governance.policies"] = same(ok("later applications are judged by it; grants that are in force stay"))
	for _, key := range []string{"library", "elements", "owner", "clear", "mask", "months", "channels", "basis"} {
		v["governance.policies."+key] = same(ok("later applications are judged by it; grants that are in force stay"))
	}
	return v
}

// matterVerdicts judges matters: what counters ask for changes, never what departments send or the libraries hold. What a proof reads more
// of wants a grant for it.
func matterVerdicts() map[string]verdict {
	v := map[string]verdict{
		"matters":           {added: ok("cases of it may be opened from now on"), removed: breaking("no case of it can be opened any more"), changed: ok("")},
		"matters.matter":    same(ok("its name")),
		"matters.parties":   same(breaking("cases are opened by other numbers")),
		"matters.steps":     same(ok("other checks of a case")),
		"matters.materials": {added: ok("one material more is asked for"), removed: ok("one material less is asked for"), changed: ok("")},
	}
	for _, key := range []string{"parties.party", "steps.step", "materials.material"} {
		v["matters."+key] = same(ok("its name"))
	}
	for _, key := range []string{"purpose", "materials.proof", "materials.proof.by", "materials.proof.elements", "materials.proof.must", "materials.proof.where"} {
		v["matters."+key] = same(ok("the grants of counters must allow what it reads: wuku matter compile says what"))
	}
	for _, key := range []string{"channel", "scope", "region", "automatic", "deciders", "baseline.materials", "baseline.days", "baseline.steps", "materials.step", "materials.party",
		"materials.bring", "materials.proof.absent", "materials.proof.sources", "materials.proof.fresh", "materials.proof.example"} {
		v["matters."+key] = same(ok("cases that are opened from now on are judged or counted by it"))
	}
	return v
}
