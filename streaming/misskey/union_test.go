package misskey_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Each level of a union is looked through for its tag, so depth is bounded.
func TestUnionsNestToABound(t *testing.T) {
	nest := func(levels int) []byte {
		return []byte(strings.Repeat(`{"id":"x","value":`, levels) + "{}" + strings.Repeat(`,"type":"not"}`, levels))
	}
	role := func(condition []byte) error {
		var r misskey.Role
		return json.Unmarshal([]byte(`{"condFormula":`+string(condition)+`}`), &r)
	}
	if err := role(nest(50)); err != nil {
		t.Errorf("50 levels: %v", err)
	}
	if err := role(nest(5000)); err == nil || !strings.Contains(err.Error(), "nested too deep") {
		t.Errorf("5,000 levels: %v", err)
	}
}
