package engine_test

import (
	"testing"

	"wuku/engine/enginetest"
)

func TestClusterOfShards(t *testing.T) {
	t.Parallel()
	shards := enginetest.Cluster(t, 2)
	for _, e := range shards {
		mustExec(t, e,
			"CREATE DATABASE base",
			"CREATE TABLE base.person_local (id UInt64) ENGINE = MergeTree ORDER BY id",
			"CREATE TABLE base.person AS base.person_local ENGINE = Distributed('{cluster}', base, person_local, cityHash64(id))",
		)
	}
	mustExec(t, shards[0], "INSERT INTO base.person SELECT number FROM numbers(1000)")
	var local uint64
	for i, e := range shards {
		if n := count(t, e, "base.person"); n != 1000 {
			t.Errorf("shard %d sees %d rows through the distributed table, want 1000", i+1, n)
		}
		n := count(t, e, "base.person_local")
		if n < 400 || n > 600 {
			t.Errorf("shard %d holds %d of 1000 rows, want about half", i+1, n)
		}
		local += n
	}
	if local != 1000 {
		t.Errorf("the shards hold %d rows, want 1000", local)
	}
	conn := connect(t, shards[1], shards[1].User(), shards[1].Password())
	var macro string
	if err := conn.QueryRow(t.Context(), "SELECT getMacro('shard')").Scan(&macro); err != nil || macro != "2" {
		t.Errorf("macro {shard} on the second: %q, %v", macro, err)
	}
}
