package batch

import (
	"encoding/json"
	"strings"
	"testing"
)

// Where objects are locked every role may see until when, and only a writer may
// set it.
func TestPolicyOfALockedBucket(t *testing.T) {
	for role, puts := range map[string]bool{"writer": true, "restorer": false, "pruner": false, "auditor": false} {
		for _, lock := range []bool{false, true} {
			p, err := Policy(role, "b", "backups/", lock, "")
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(text), "s3:GetObjectRetention"); got != lock {
				t.Errorf("%s, lock %v: may see a lock: %v", role, lock, got)
			}
			if got := strings.Contains(string(text), "s3:PutObjectRetention"); got != (lock && puts) {
				t.Errorf("%s, lock %v: may set a lock: %v", role, lock, got)
			}
		}
	}
}
