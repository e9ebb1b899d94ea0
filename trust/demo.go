package trust

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// DemoKeys gives the six demo roles a key each, once: dir/demo-keys.json (mode 0600) holds {role: key}, and the ring in dir knows
// them. Later calls return what the file holds. department is the code of the demo department. 演示密钥
func DemoKeys(dir, department string) (map[string]string, error) {
	path := filepath.Join(dir, "demo-keys.json")
	b, err := os.ReadFile(path)
	if err == nil {
		var keys map[string]string
		if err := json.Unmarshal(b, &keys); err != nil {
			return nil, fmt.Errorf("demo keys: %s is not as it was written: remove it to get new keys", path)
		}
		return keys, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("demo keys: %w", err)
	}
	ring, err := OpenRing(dir)
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for _, role := range Roles() {
		p := Principal{Name: "demo " + role, Role: role}
		if role == RoleDepartment {
			p.Department = department
		}
		if keys[role], err = ring.Issue(p, time.Time{}); err != nil {
			return nil, err
		}
	}
	b, err = json.Marshal(keys, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("demo keys: %w", err)
	}
	return keys, writeFile(path, append(b, '\n'), 0o600)
}
